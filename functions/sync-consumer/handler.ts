/** A hint comes off the queue: bring its calendar in sync. Only what is not done goes back to the queue. */
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { assemble } from './assemble.ts';
import { consume } from './consume.ts';
import { afterMs } from './within-time.ts';

const { begin, ...assembled } = assemble(process.env);
const deps = { ...assembled, after: afterMs };

export const handler = async (event: SQSEvent, context: Context): Promise<SQSBatchResponse> => {
  begin(context);
  const undone = await consume(deps, event.Records, () => context.getRemainingTimeInMillis());
  return { batchItemFailures: undone.map(({ messageId }) => ({ itemIdentifier: messageId })) };
};

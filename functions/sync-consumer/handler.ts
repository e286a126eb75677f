/** A hint comes off the queue: bring its calendar in sync. What failed goes back to the queue, and only that. */
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { instantAt } from '../../shared/domain/instant.ts';
import { parseHint } from '../../shared/queue/hint.ts';
import { processByGroup } from '../../shared/sync/batch.ts';
import { syncCalendar } from '../../shared/sync/sync-calendar.ts';
import { assemble } from './assemble.ts';

const { count, report, handBack, syncDeps } = assemble(process.env);

export const handler = async (event: SQSEvent, context: Context): Promise<SQSBatchResponse> => {
  const messages = event.Records.map((record) => ({ ...record, groupId: record.attributes.MessageGroupId ?? '' }));
  const failures = await processByGroup(messages, (message) => handleHint(message, context));
  for (const { failed, error } of failures) {
    count('SyncFailed');
    await handBack(failed, error);
  }
  return { batchItemFailures: failures.flatMap(({ failed }) => failed.map(toBatchItem)) };
};

const handleHint = async (record: SQSRecord, context: Context): Promise<void> => {
  const hint = parseHint(record.body);
  const outcome = await syncCalendar(await syncDeps(), {
    hint,
    sentAt: instantAt(Number(record.attributes.SentTimestamp)),
    now: instantAt(Date.now()),
    remainingMs: () => context.getRemainingTimeInMillis(),
  });
  report(hint, outcome);
};

const toBatchItem = ({ messageId }: SQSRecord) => ({ itemIdentifier: messageId });

/** A hint comes off the queue: bring its calendar in sync. What is not done goes back to the queue, and only that. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { type Instant, instantAt, second } from '../../shared/domain/instant.ts';
import { shortWaitMs } from '../../shared/queue/backoff.ts';
import { parseHint } from '../../shared/queue/hint.ts';
import { processByGroup, type Undone } from '../../shared/sync/batch.ts';
import { noteInterruptions } from '../../shared/sync/meet-trouble.ts';
import { syncCalendar } from '../../shared/sync/sync-calendar.ts';
import { assemble } from './assemble.ts';
import { withinTime } from './within-time.ts';

const { begin, report, handBack, syncDeps } = assemble(process.env);

/** What it takes to hand a group back and to answer. */
const reserveMs = 5 * second;

export const handler = async (event: SQSEvent, context: Context): Promise<SQSBatchResponse> => {
  begin(context);
  const messages = event.Records.map((record) => ({ ...record, groupId: record.attributes.MessageGroupId ?? '' }));
  const handle = (message: SQSRecord) =>
    withinTime(handleHint(message, context), context.getRemainingTimeInMillis() - reserveMs);
  const undone = await processByGroup(messages, { handle, handBack });
  return { batchItemFailures: undone.map(({ messageId }) => ({ itemIdentifier: messageId })) };
};

const clock = () => instantAt(Date.now());

/** More often than waiting for its turn brings a hint back; well before the queue gives it up. */
const manyTries = 4;

const handleHint = async (record: SQSRecord, context: Context): Promise<Undone | undefined> => {
  const { SentTimestamp, ApproximateReceiveCount } = record.attributes;
  const hint = parseHint(record.body);
  const sentAt = instantAt(Number(SentTimestamp));
  const deps = await syncDeps();
  const sync = (now: Instant) =>
    syncCalendar(deps, { hint, sentAt, now, remainingMs: () => context.getRemainingTimeInMillis() });

  if (Number(ApproximateReceiveCount) >= manyTries) {
    await noteInterruptions(deps.calendars, { hint, sentAt, now: clock() });
  }
  let startedAt = clock();
  let outcome = await sync(startedAt);
  if (outcome.kind === 'deferred' && outcome.forMs > 0 && outcome.forMs <= shortWaitMs) {
    await delay(outcome.forMs);
    startedAt = clock();
    outcome = await sync(startedAt);
  }
  if (outcome.kind === 'deferred' || outcome.kind === 'failed') return outcome;
  report(hint, outcome, { sentAt, startedAt, doneAt: clock() });
  return undefined;
};

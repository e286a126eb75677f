/** What becomes of a batch of hints: each group is synced in order, and only what is not done is handed back. */
import type { SQSRecord } from 'aws-lambda';
import { type Instant, instantAt, second } from '../../shared/domain/instant.ts';
import { shortWaitMs } from '../../shared/queue/backoff.ts';
import { type NotDone, processByGroup } from '../../shared/queue/batch.ts';
import type { HandBack } from '../../shared/queue/hand-back.ts';
import { type Hint, parseHint } from '../../shared/queue/hint.ts';
import { noteInterruptions } from '../../shared/sync/meet-trouble.ts';
import { type SyncDeps, syncCalendar } from '../../shared/sync/sync-calendar.ts';
import type { Done, Times } from './report.ts';
import { type After, withinTime } from './within-time.ts';

export type ConsumeDeps = {
  syncDeps(): Promise<SyncDeps>;
  handBack: HandBack;
  report(hint: Hint, outcome: Done, times: Times): void;
  now(): Instant;
  after: After;
};

/** The part of an SQS record that is needed here. */
export type HintRecord = Pick<SQSRecord, 'messageId' | 'receiptHandle' | 'body'> & {
  attributes: Pick<SQSRecord['attributes'], 'SentTimestamp' | 'ApproximateReceiveCount' | 'MessageGroupId'>;
};

type TimeLeft = () => number;

/** What it takes to hand a group back and to answer. */
const reserveMs = 5 * second;

/** Resolves to those that are not done. */
export const consume = (deps: ConsumeDeps, records: HintRecord[], remainingMs: TimeLeft): Promise<HintRecord[]> => {
  const messages = records.map((record) => ({ ...record, groupId: record.attributes.MessageGroupId ?? '' }));
  const timeLeftMs = () => remainingMs() - reserveMs;
  const handle = (message: HintRecord) => withinTime(handleHint(deps, message, timeLeftMs), timeLeftMs(), deps.after);
  return processByGroup(messages, { handle, handBack: deps.handBack });
};

/** More tries than waiting for its turn would explain; well before the queue gives the hint up. */
const manyTries = 4;

const handleHint = async (
  { syncDeps, report, now, after }: ConsumeDeps,
  { body, attributes }: HintRecord,
  remainingMs: TimeLeft,
): Promise<NotDone | undefined> => {
  const hint = parseHint(body);
  const sentAt = instantAt(Number(attributes.SentTimestamp));
  const deps = await syncDeps();
  const sync = (startedAt: Instant) => syncCalendar(deps, { hint, sentAt, now: startedAt, remainingMs });

  if (Number(attributes.ApproximateReceiveCount) >= manyTries) {
    await noteInterruptions(deps.calendars, { hint, sentAt, now: now() });
  }
  let startedAt = now();
  let outcome = await sync(startedAt);
  if (outcome.kind === 'deferred' && outcome.forMs > 0 && outcome.forMs <= shortWaitMs) {
    const { forMs } = outcome;
    await new Promise<void>((resolve) => after(forMs, resolve));
    startedAt = now();
    outcome = await sync(startedAt);
  }
  if (outcome.kind === 'deferred' || outcome.kind === 'failed') return outcome;
  report(hint, outcome, { sentAt, startedAt, doneAt: now() });
  return undefined;
};

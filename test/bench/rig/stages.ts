/** Where the time of each change went, read from the calls that it caused. */
import type { Call } from './meter.ts';

/** Milliseconds of each stage; all of them together are the change's latency. */
export type Stages = Record<string, number>;

/** A change by its title, which no other has, and when it was made. */
export type Change = { title: string; madeAt: number };

const carries = (call: Call, text: string): boolean => JSON.stringify(call.request).includes(text);

const isBy = (from: string, operation: string) => (call: Call) => call.from === from && call.operation === operation;

/** The last that began before then and after the change was made. */
const lastBefore = (calls: Call[], until: number, { madeAt }: Change): Call | undefined =>
  calls.filter(({ sentAt }) => sentAt >= madeAt && sentAt < until).at(-1);

/** Made in Google → stored here: Google's push, the wait on the queue, the listing, what is stored. */
export const stagesToHere = (calls: Call[], change: Change): Stages | undefined => {
  const stored = calls.find((call) => isBy('sync-consumer', 'PutItem')(call) && carries(call, `"${change.title}"`));
  const calendarKey = /"calendarKey":\{"S":"([^"]+)"/.exec(JSON.stringify(stored?.request ?? {}))?.[1];
  if (stored === undefined || calendarKey === undefined) return undefined;
  const its = calls.filter((call) => carries(call, calendarKey));
  const user = String((stored.request.Item as { pk?: { S?: string } }).pk?.S);
  const gathered = calls.filter((call) => isBy('sync-consumer', 'BatchGetItem')(call) && carries(call, user));
  const read = lastBefore(gathered, stored.sentAt, change);
  const begun = lastBefore(its.filter(isBy('sync-consumer', 'GetItem')), read?.sentAt ?? 0, change);
  const pushed = its.filter(isBy('webhook-receiver', 'SendMessage')).find(({ sentAt }) => sentAt >= change.madeAt);
  if (read === undefined || begun === undefined || pushed === undefined) return undefined;
  return between(change.madeAt, {
    push: pushed.sentAt,
    queue: begun.sentAt,
    list: read.sentAt,
    store: stored.answeredAt,
  });
};

/** Booked here → told Google: the booking, the stream, the wait on the queue, the call. */
export const stagesToGoogle = (calls: Call[], change: Change): Stages | undefined => {
  const its = calls.filter((call) => carries(call, `"${change.title}"`));
  const stored = its.find(isBy('management-api', 'TransactWriteItems'));
  const told = its.filter(isBy('sync-consumer', 'PutItem')).at(-1);
  const id = /APPOINTMENT#([\w-]+)/.exec(JSON.stringify(stored?.request ?? {}))?.[1];
  if (stored === undefined || told === undefined || id === undefined) return undefined;
  const hinted = calls.filter((call) => isBy('change-stream', 'SendMessage')(call) && carries(call, id))[0];
  const begun = calls.filter((call) => isBy('sync-consumer', 'BatchGetItem')(call) && carries(call, id))[0];
  if (hinted === undefined || begun === undefined) return undefined;
  return between(change.madeAt, {
    book: stored.answeredAt,
    stream: hinted.sentAt,
    queue: begun.sentAt,
    tell: told.sentAt,
  });
};

/** Moments in order → the times between them. */
const between = (from: number, moments: Record<string, number>): Stages => {
  let last = from;
  const stages: Stages = {};
  for (const [stage, at] of Object.entries(moments)) {
    stages[stage] = Math.max(0, at - last);
    last = Math.max(last, at);
  }
  return stages;
};

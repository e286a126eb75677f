/**
 * A fleet of calendars at its busiest hour, in virtual time: notifications come at random, a calendar is listed by one worker at
 * a time and not twice within the cool-down, and Google takes so many calls a minute. Pure, and the same for the same seed.
 */
export type Fleet = {
  calendars: number;
  /** Notifications per second, of all calendars together. */
  perSecond: number;
  /** Calendars that can be listed at the same moment. */
  workers: number;
  listingMs: number;
  coolDownMs: number;
  /** Calls of Google per minute; what pushes, renewals and the backstop take is taken off before. */
  quotaPerMinute: number;
  seconds: number;
  seed: number;
};

export type Load = {
  lists: number;
  notifications: number;
  /** From the notification to the end of the listing that covers it. */
  latenciesMs: number[];
  /** The longest that a listing waited for Google's quota. */
  quotaWaitMs: number;
};

export const simulate = (fleet: Fleet): Load => {
  const random = seeded(fleet.seed);
  const free = new Float64Array(fleet.workers); // When each worker is done, the earliest first.
  const nextStart = new Map<number, { startMs: number; endMs: number }>();
  const load: Load = { lists: 0, notifications: 0, latenciesMs: [], quotaWaitMs: 0 };
  const gapMs = 1_000 / fleet.perSecond;
  let quotaAtMs = 0;

  for (let atMs = 0; atMs < fleet.seconds * 1_000; atMs += -Math.log(1 - random()) * gapMs) {
    load.notifications += 1;
    const calendar = Math.floor(random() * fleet.calendars);
    const last = nextStart.get(calendar);
    if (last !== undefined && last.startMs > atMs) {
      load.latenciesMs.push(last.endMs - atMs); // A listing that is yet to begin covers it.
      continue;
    }
    const mayMs = Math.max(atMs, (last?.startMs ?? Number.NEGATIVE_INFINITY) + fleet.coolDownMs, last?.endMs ?? 0);
    const workerMs = Math.max(mayMs, free[0] ?? 0);
    const startMs = Math.max(workerMs, quotaAtMs);
    load.quotaWaitMs = Math.max(load.quotaWaitMs, startMs - workerMs);
    quotaAtMs = Math.max(quotaAtMs, startMs - burstMs) + 60_000 / fleet.quotaPerMinute;
    const endMs = startMs + fleet.listingMs;
    replaceFirst(free, endMs);
    nextStart.set(calendar, { startMs, endMs });
    load.lists += 1;
    load.latenciesMs.push(endMs - atMs);
  }
  return load;
};

/** What was not called in the last minute may be called at once. */
const burstMs = 60_000;

/** Keeps the smallest in front: a heap whose first element is replaced. */
const replaceFirst = (heap: Float64Array, value: number): void => {
  let at = 0;
  for (;;) {
    const left = 2 * at + 1;
    if (left >= heap.length) break;
    const right = left + 1;
    const child = right < heap.length && (heap[right] ?? 0) < (heap[left] ?? 0) ? right : left;
    if ((heap[child] ?? 0) >= value) break;
    heap[at] = heap[child] ?? 0;
    at = child;
  }
  heap[at] = value;
};

/** https://en.wikipedia.org/wiki/Xorshift (mulberry32). */
const seeded = (seed: number) => () => {
  seed = (seed + 0x6d2b79f5) | 0;
  let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
};

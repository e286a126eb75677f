/**
 * Series and their occurrences in a calendar: an occurrence is computed until somebody changes
 * it; when a series loses occurrences, the expanded view keeps tombstones of them.
 * https://developers.google.com/workspace/calendar/api/guides/recurringevents
 */
import { notFound } from './errors.ts';
import { instanceId, instanceTimes, occurrences, originalOf, parseInstanceId, type Series } from './recurrence.ts';
import type { Calendar, EventBody } from './state.ts';
import { etagOf, nextSeq, record, type World } from './world.ts';

const dayMs = 86_400_000;

export const asSeries = (event: EventBody | undefined): Series | undefined =>
  event?.recurrence && event.status !== 'cancelled' ? (event as Series & EventBody) : undefined;

/** One occurrence of a series that nobody has changed: computed, never kept. */
export function instanceOf(master: EventBody, original: number): EventBody {
  const { recurrence, ...shared } = master;
  const times = instanceTimes({ ...master, recurrence: recurrence ?? [] }, original);
  return { ...shared, id: instanceId(master.id, original, master), recurringEventId: master.id, ...times };
}

/** Any event by id, deleted ones too: `events.get` always returns cancelled events. */
export function findEvent(world: World, calendar: Calendar, id: string): EventBody {
  const kept = calendar.events[id];
  if (kept) return kept.body;
  const instance = parseInstanceId(id);
  const master = instance && calendar.events[instance.masterId]?.body;
  const series = asSeries(master);
  if (master && series && occurrences(series, world.now(), instance.original, instance.original).length > 0) {
    return instanceOf(master, instance.original);
  }
  const vanished = calendar.vanished[id];
  if (vanished) return vanished.body;
  throw notFound();
}

/** Stores the new version; occurrences that left with it get tombstones in the expanded view. */
export function write(world: World, calendar: Calendar, current: EventBody, next: EventBody): EventBody {
  const born = calendar.events[current.recurringEventId ?? current.id]?.born;
  const stored = record(world, calendar, next, born);
  const remaining = new Set(expandedIds(world, stored).keys());
  for (const [id, instance] of expandedIds(world, current)) {
    if (!remaining.has(id)) vanish(world, calendar, stored, instance);
  }
  return stored;
}

/** The entries that an event which is, or was, a series contributes to the expanded view. */
function expandedIds(world: World, event: EventBody): Map<string, EventBody> {
  const series = asSeries(event);
  if (!series) return new Map(event.recurringEventId || event.status === 'cancelled' ? [] : [[event.id, event]]);
  const instances = occurrences(series, world.now()).map((original) => instanceOf(event, original));
  return new Map(instances.map((instance) => [instance.id, instance]));
}

function vanish(world: World, calendar: Calendar, master: EventBody, instance: EventBody): void {
  if (instance.id === master.id && master.status === 'cancelled') return;
  const exception = calendar.events[instance.id];
  if (exception?.body.status === 'cancelled') return;
  const gone = { ...(exception?.body ?? instance), status: 'cancelled' as const, updated: master.updated };
  if (exception && instance.id !== master.id) record(world, calendar, gone, exception.born);
  const tooFar = originalOf(instance.start) > world.now() + world.settings.tombstoneDays * dayMs;
  if (master.status === 'cancelled' && tooFar) return;
  const seq = nextSeq(world);
  const born = calendar.events[master.id]?.born ?? seq;
  calendar.vanished[instance.id] = { seq, born, body: { ...gone, etag: etagOf(seq) } };
}

/**
 * Changes to events: what insert, update, patch, delete, move and restore do to a calendar, for
 * clients of the API and for a person at the control interface alike.
 * https://developers.google.com/workspace/calendar/api/v3/reference/events
 */
import { deleted, duplicate, forbidden, invalid, notFound, notOrganizer } from './errors.ts';
import {
  checkEventType,
  checked,
  checkNewId,
  ignoredFields,
  type Json,
  mergePatch,
  type WriteOptions,
  withoutNulls,
  writable,
} from './event-body.ts';
import { asSeries, findEvent, write } from './instances.ts';
import { instanceTimes, originalOf, parseInstanceId, splitRecurrence } from './recurrence.ts';
import type { Calendar, EventBody } from './state.ts';
import { nextSeq, record, type World } from './world.ts';

const guestFlags = ['guestsCanModify', 'guestsCanInviteOthers', 'guestsCanSeeOtherGuests'];

/** `organizer` is somebody else for a guest's copy, which only a person's control can make. */
export function insertEvent(
  world: World,
  calendar: Calendar,
  actor: string,
  body: Json,
  options: WriteOptions & { organizer?: string } = {},
): EventBody {
  if (body.id !== undefined) checkNewId(calendar, body.id);
  checkEventType(undefined, body.eventType);
  const id = typeof body.id === 'string' ? body.id : newId(world);
  const now = new Date(world.now()).toISOString();
  const self = actor === calendar.id ? { self: true } : {};
  const event = checked(calendar, {
    id,
    htmlLink: `https://www.google.com/calendar/event?eid=${Buffer.from(`${id} ${calendar.id}`).toString('base64url')}`,
    created: now,
    updated: now,
    creator: { email: actor, ...self },
    organizer: options.organizer ? { email: options.organizer } : { email: calendar.id, self: true },
    iCalUID: body.iCalUID ?? `${id}@google.com`,
    sequence: 0,
    ...withoutNulls(writable(body, options)),
  });
  return record(world, calendar, event);
}

/** About 26 base32hex characters, like the server's own. */
const newId = (world: World): string => `${nextSeq(world).toString(32).padStart(6, '0')}k5u0standin0event0id`;

/** PUT: what is not sent is reset; identity stays. */
export function updateEvent(world: World, calendar: Calendar, id: string, body: Json, options: WriteOptions = {}) {
  const current = findWritable(world, calendar, id, body);
  const next = withoutNulls(writable(body, options));
  const flagsChange = guestFlags.some((flag) => current[flag] !== undefined && current[flag] !== next[flag]);
  if (!current.organizer.self && flagsChange) throw notOrganizer();
  const { created, creator, organizer, htmlLink, iCalUID, sequence, recurringEventId, originalStartTime } = current;
  const identity = { id, created, creator, organizer, htmlLink, iCalUID, sequence };
  const place = recurringEventId ? { recurringEventId, originalStartTime } : {};
  const kept = ['eventType', ...ignoredFields(options)].filter((name) => current[name] !== undefined);
  const untouched = Object.fromEntries(kept.map((name) => [name, current[name]]));
  return save(world, calendar, current, { ...identity, ...place, ...untouched, ...next });
}

export function patchEvent(world: World, calendar: Calendar, id: string, body: Json, options: WriteOptions = {}) {
  const current = findWritable(world, calendar, id, body);
  return save(world, calendar, current, mergePatch(current, writable(body, options)));
}

/** A deleted event cannot be written to, except that a cancelled occurrence can be confirmed again. */
function findWritable(world: World, calendar: Calendar, id: string, body: Json): EventBody {
  const current = findEvent(world, calendar, id);
  checkEventType(current.eventType, body.eventType ?? undefined);
  const revivable = current.recurringEventId && asSeries(calendar.events[current.recurringEventId]?.body);
  if (current.status === 'cancelled' && !(revivable && body.status === 'confirmed')) throw forbidden();
  return current;
}

function save(world: World, calendar: Calendar, current: EventBody, changed: Json): EventBody {
  if (changed.status === 'cancelled') return cancel(world, calendar, current);
  const next = checked(calendar, changed);
  if (current.recurringEventId && next.recurrence) throw invalid('An instance of a recurring event cannot recur.');
  const { etag: _, updated: __, ...fields } = { ...current, ...next };
  const differing = Object.keys(fields).filter((name) => !same(current[name], next[name]));
  const moved = differing.some((name) => ['start', 'end', 'recurrence'].includes(name));
  const onlyReminders = differing.length > 0 && differing.every((name) => name === 'reminders');
  if (moved) next.sequence = current.sequence + 1;
  next.updated = onlyReminders ? current.updated : new Date(world.now()).toISOString();
  return write(world, calendar, current, next);
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** A second deletion is refused, since the first one left a cancelled event behind. */
export function deleteEvent(world: World, calendar: Calendar, id: string): void {
  const current = findEvent(world, calendar, id);
  if (current.status === 'cancelled') throw deleted();
  cancel(world, calendar, current);
}

function cancel(world: World, calendar: Calendar, current: EventBody): EventBody {
  const updated = new Date(world.now()).toISOString();
  return write(world, calendar, current, { ...current, status: 'cancelled', updated });
}

/** A person takes an event out of the bin. */
export function restoreEvent(world: World, calendar: Calendar, id: string): EventBody {
  const current = findEvent(world, calendar, id);
  return save(world, calendar, current, { ...current, status: 'confirmed' });
}

/** The event keeps its id; the old calendar keeps a tombstone; the new calendar becomes the organizer. */
export function moveEvent(world: World, from: Calendar, to: Calendar, id: string): EventBody {
  const current = findEvent(world, from, id);
  if (current.status === 'cancelled') throw forbidden();
  if (current.eventType !== 'default' || current.recurringEventId) throw invalid('This event cannot be moved.');
  const occupant = to.events[id]?.body;
  if (occupant && occupant.status !== 'cancelled') throw duplicate();
  const organizer = { email: to.id, self: true };
  const exceptions = Object.values(from.events).filter((event) => event.body.recurringEventId === id);
  cancel(world, from, current);
  const moved = record(world, to, { ...current, organizer, updated: new Date(world.now()).toISOString() });
  const born = to.events[id]?.born;
  for (const exception of exceptions) record(world, to, { ...exception.body, organizer }, born);
  return moved;
}

/** "This and following": the series ends before the instance, and a new one with the changes begins there. */
export function changeFollowing(world: World, calendar: Calendar, actor: string, id: string, changes: Json): EventBody {
  const place = parseInstanceId(id);
  const master = place && calendar.events[place.masterId]?.body;
  const series = asSeries(master);
  if (!place || !master || !series) throw notFound();
  if (place.original === originalOf(series.start)) return patchEvent(world, calendar, master.id, changes);
  const { head, tail } = splitRecurrence(series, place.original, world.now());
  const { id: _, iCalUID: __, ...copy } = mergePatch({ ...master, ...instanceTimes(series, place.original) }, changes);
  patchEvent(world, calendar, master.id, { recurrence: head });
  return insertEvent(world, calendar, actor, { ...copy, recurrence: tail });
}

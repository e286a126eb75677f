/**
 * What each served method of the Calendar API does, by its discovery id. The server has checked route, credential,
 * scope and query before.
 */
import type { Reply } from './answer.ts';
import { access, getCalendar, getListEntry, listCalendars, writeAccess } from './calendar-list.ts';
import { openChannel, showChannel, stopChannel, type WatchRequest } from './channels.ts';
import { conditionNotMet, invalidParameter } from './errors.ts';
import type { Json, WriteOptions } from './event-body.ts';
import { deleteEvent, insertEvent, moveEvent, patchEvent, updateEvent } from './events.ts';
import { findEvent } from './instances.ts';
import type { ListQuery } from './list-filters.ts';
import { listEvents, listInstances, show } from './listing.ts';
import type { Account, Calendar, EventBody, Grant } from './state.ts';
import type { World } from './world.ts';

export type Call = {
  account: Account;
  grant: Grant;
  path: Record<string, string>;
  query: Record<string, unknown>;
  body: Json;
  ifMatch?: string;
  ifNoneMatch?: string;
  /** What an ordered fault leaves of a page. */
  pageSize?: number;
  origin: string;
};
type Operation = (world: World, call: Call) => Reply | Promise<Reply>;

const ok = (body: unknown): Reply => ({ status: 200, body });
const noContent: Reply = { status: 204 };
const calendarId = (call: Call): string => call.path.calendarId ?? '';
const eventId = (call: Call): string => call.path.eventId ?? '';
const readable = (world: World, call: Call) => access(world, call.account, calendarId(call));
const writableCalendar = (world: World, call: Call) => writeAccess(world, call.account, calendarId(call));
const shown = (calendar: Calendar, call: Call, event: EventBody): Reply => ok(show(calendar, call.query, event));

/** The calendar to write to, once `If-Match` holds. */
function guarded(world: World, call: Call): Calendar {
  const calendar = writableCalendar(world, call);
  const event = findEvent(world, calendar, eventId(call));
  if (call.ifMatch && call.ifMatch !== '*' && call.ifMatch !== event.etag) throw conditionNotMet();
  return calendar;
}

export const operations: Record<string, Operation> = {
  'calendar.calendarList.list': (world, call) => ok(listCalendars(world, call.account, call.query, call.pageSize)),
  'calendar.calendarList.get': (world, call) => ok(getListEntry(world, call.account, calendarId(call))),
  'calendar.calendars.get': (world, call) => ok(getCalendar(world, call.account, calendarId(call))),

  'calendar.events.list': (world, call) => {
    const { calendar, role } = readable(world, call);
    return ok(listEvents(world, calendar, role, call.query as ListQuery, call.pageSize));
  },
  'calendar.events.instances': (world, call) => {
    const { calendar, role } = readable(world, call);
    return ok(listInstances(world, calendar, role, eventId(call), call.query as ListQuery));
  },
  'calendar.events.get': (world, call) => {
    const { calendar } = readable(world, call);
    const event = findEvent(world, calendar, eventId(call));
    return call.ifNoneMatch === event.etag ? { status: 304 } : shown(calendar, call, event);
  },
  'calendar.events.insert': (world, call) => {
    const calendar = writableCalendar(world, call);
    const options = call.query as WriteOptions;
    return shown(calendar, call, insertEvent(world, calendar, call.account.email, call.body, options));
  },
  'calendar.events.update': (world, call) => {
    const calendar = guarded(world, call);
    return shown(calendar, call, updateEvent(world, calendar, eventId(call), call.body, call.query as WriteOptions));
  },
  'calendar.events.patch': (world, call) => {
    const calendar = guarded(world, call);
    return shown(calendar, call, patchEvent(world, calendar, eventId(call), call.body, call.query as WriteOptions));
  },
  'calendar.events.delete': (world, call) => {
    deleteEvent(world, guarded(world, call), eventId(call));
    return noContent;
  },
  'calendar.events.move': (world, call) => {
    const target = writeAccess(world, call.account, String(call.query.destination));
    const source = writableCalendar(world, call);
    if (target === source) throw invalidParameter('destination', 'The destination is the calendar itself.');
    return shown(target, call, moveEvent(world, source, target, eventId(call)));
  },
  'calendar.events.watch': async (world, call) => {
    const { calendar } = readable(world, call);
    const channel = openChannel(world, calendar, call.grant, call.body as WatchRequest, call.origin);
    const sync = () => world.push.send(world, channel, 'sync');
    if (world.settings.syncBeforeResponse) await sync();
    else setImmediate(() => void sync()); // After the answer has been written.
    return ok(showChannel(channel));
  },
  'calendar.channels.stop': (world, call) => {
    stopChannel(world, call.grant, call.body as { id?: string; resourceId?: string });
    return noContent;
  },
};

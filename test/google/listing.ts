/**
 * Listing events: full or incremental, expanded or not, page by page. Nothing is frozen between
 * pages: a write that lands there is seen on a later page or by the next increment, since the sync token on the last
 * page stands where the calendar stood at the first.
 * Decided here, where Google leaves it open: increments do not remember `timeMin`/`timeMax`; a sync token used with
 * other values of the parameters that must stay equal is refused; searches give no sync token.
 * https://developers.google.com/workspace/calendar/api/guides/sync
 */
import { invalid, restricted, updatedMinTooLongAgo } from './errors.ts';
import { asSeries, findEvent, instanceOf } from './instances.ts';
import { isListed, isWithin, type ListQuery, matches, readWindow, sameStart } from './list-filters.ts';
import { instanceId, occurrences } from './recurrence.ts';
import type { AccessRole, Calendar, EventBody, StoredEvent } from './state.ts';
import { digest, paginate, readSyncToken, sealToken } from './sync-tokens.ts';
import { instantOf, showTime } from './time.ts';
import type { World } from './world.ts';

const searches = [
  'iCalUID',
  'orderBy',
  'privateExtendedProperty',
  'q',
  'sharedExtendedProperty',
  'updatedMin',
] as const;
const forbiddenWithToken = [...searches, 'timeMin', 'timeMax'] as const;
const equalToInitial = ['singleEvents', 'eventTypes', 'showHiddenInvitations', 'timeZone', 'maxAttendees'] as const;

/** `pageSize` is what an ordered fault leaves of the page; 0 makes an empty page with more to come. */
export function listEvents(world: World, calendar: Calendar, role: AccessRole, query: ListQuery, pageSize = 2500) {
  const since = query.syncToken === undefined ? undefined : readSince(calendar, query, query.syncToken);
  const window = readWindow(calendar, query, world.now());
  if (query.orderBy === 'startTime' && !query.singleEvents) {
    throw invalid('The requested ordering is not available for the particular query.');
  }
  if (query.updatedMin && Date.parse(query.updatedMin) < calendar.expiredAt) throw updatedMinTooLongAgo();
  const entries = query.singleEvents ? expanded(world, calendar) : Object.values(calendar.events);
  const wanted = entries
    .filter((entry) => (since === undefined ? isListed(calendar, query, entry) : entry.seq > since))
    .filter((entry) => matches(query, entry.body) && isWithin(entry.body, window));
  const page = pageOf(world, calendar, query, wanted, pageSize);
  const token = { list: calendar.id, generation: calendar.generation, seq: page.seq, query: stable(query) };
  const syncable = searches.every((name) => query[name] === undefined);
  return envelope(calendar, role, query, page.items, {
    ...(page.nextPageToken && { nextPageToken: page.nextPageToken }),
    ...(!page.nextPageToken && syncable && { nextSyncToken: sealToken(token) }),
  });
}

/** `events.instances`: the occurrences of one series; its `timeMin` is inclusive. */
export function listInstances(world: World, calendar: Calendar, role: AccessRole, id: string, query: ListQuery) {
  const master = calendar.events[findEvent(world, calendar, id).id];
  if (!asSeries(master?.body) || !master) throw invalid('The event is not a recurring event.');
  const window = readWindow(calendar, query, world.now(), true);
  const wanted = instancesOf(world, calendar, master)
    .filter((entry) => query.showDeleted || entry.body.status !== 'cancelled')
    .filter(({ body }) => !query.originalStart || sameStart(calendar, body, query.originalStart))
    .filter((entry) => isWithin(entry.body, window));
  const page = pageOf(world, calendar, query, wanted, 2500);
  return envelope(calendar, role, query, page.items, page.nextPageToken ? { nextPageToken: page.nextPageToken } : {});
}

function envelope(calendar: Calendar, role: AccessRole, query: ListQuery, items: EventBody[], tokens: object) {
  return {
    kind: 'calendar#events',
    etag: `"p${digest([calendar.updatedAt, items.map((item) => item.etag)])}"`,
    summary: calendar.summary,
    updated: new Date(calendar.updatedAt).toISOString(),
    timeZone: query.timeZone ?? calendar.timeZone,
    accessRole: role,
    defaultReminders: [],
    items: items.map((item) =>
      item.status === 'cancelled' ? tombstone(calendar, query, item) : show(calendar, query, item),
    ),
    ...tokens,
  };
}

/** As Google shows an event: times in the zone of the calendar, or of the request; attendees cut to the limit. */
export function show(calendar: Calendar, query: { timeZone?: string; maxAttendees?: number }, event: EventBody) {
  const zone = query.timeZone ?? calendar.timeZone;
  const original = event.originalStartTime && { originalStartTime: showTime(event.originalStartTime, zone) };
  const times = { start: showTime(event.start, zone), end: showTime(event.end, zone), ...original };
  const attendees = event.attendees as { self?: boolean }[] | undefined;
  const tooMany = attendees && attendees.length > (query.maxAttendees ?? Infinity);
  const cut = tooMany && { attendees: attendees.filter((attendee) => attendee.self), attendeesOmitted: true };
  return { kind: 'calendar#event', ...event, ...times, ...cut };
}

/** Only what Google guarantees: three fields for an instance of a live series, else the id. */
function tombstone(calendar: Calendar, query: ListQuery, { id, recurringEventId, originalStartTime }: EventBody) {
  const isHole = recurringEventId && originalStartTime && asSeries(calendar.events[recurringEventId]?.body);
  if (!isHole) return { id, status: 'cancelled' };
  const zone = query.timeZone ?? calendar.timeZone;
  return { id, status: 'cancelled', recurringEventId, originalStartTime: showTime(originalStartTime, zone) };
}

/** No masters: single events, every occurrence of live series, and tombstones of occurrences that vanished. */
function expanded(world: World, calendar: Calendar): StoredEvent[] {
  const live = Object.values(calendar.events).flatMap((event) => {
    if (event.body.recurringEventId) return [];
    return event.body.recurrence ? instancesOf(world, calendar, event) : [event];
  });
  const ids = new Set(live.map((event) => event.body.id));
  return [...live, ...Object.values(calendar.vanished).filter((event) => !ids.has(event.body.id))];
}

function instancesOf(world: World, calendar: Calendar, master: StoredEvent): StoredEvent[] {
  const series = asSeries(master.body);
  if (!series) return [];
  return occurrences(series, world.now()).map((original) => {
    const exception = calendar.events[instanceId(master.body.id, original, series)];
    return exception ?? { ...master, body: instanceOf(master.body, original) };
  });
}

function readSince(calendar: Calendar, query: ListQuery, text: string): number {
  if (forbiddenWithToken.some((name) => query[name] !== undefined) || query.showDeleted === false) throw restricted();
  const token = readSyncToken(calendar.id, calendar.generation, text);
  const current = JSON.stringify(stable(query));
  const initial = JSON.stringify(token.query);
  if (current !== initial) throw invalid(`The sync token was issued for ${initial}, not for ${current}.`);
  return token.seq;
}

function pageOf(world: World, calendar: Calendar, query: ListQuery, events: StoredEvent[], pageSize: number) {
  const entries = events.map((event) => ({ key: orderKey(calendar, query, event), value: event.body }));
  const size = Math.min(query.maxResults ?? 250, 2500, pageSize);
  return paginate({ id: calendar.id, seq: world.state.seq }, query, entries, size);
}

/** The parameters that must equal those of the initial request. */
function stable(query: ListQuery): Record<string, unknown> {
  return Object.fromEntries(equalToInitial.flatMap((name) => (query[name] === undefined ? [] : [[name, query[name]]])));
}

/** The default order is that of creation: stable, whatever is changed meanwhile. */
function orderKey(calendar: Calendar, query: ListQuery, { born, body }: StoredEvent): string {
  const padded = (value: number) => String(value + 1e14).padStart(16, '0');
  if (query.orderBy === 'updated') return `${body.updated} ${body.id}`;
  if (query.orderBy === 'startTime') return `${padded(instantOf(body.start, calendar.timeZone))} ${body.id}`;
  return `${padded(born)} ${body.id}`;
}

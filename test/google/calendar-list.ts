/**
 * The calendars an account sees: calendarList with its own sync tokens, and calendars.get.
 * https://developers.google.com/workspace/calendar/api/v3/reference/calendarList
 */
import { notFound, restricted, writerNeeded } from './errors.ts';
import type { AccessRole, Account, Calendar, ListEntry } from './state.ts';
import { digest, paginate, readSyncToken, sealToken } from './sync-tokens.ts';
import { etagOf, type World } from './world.ts';

type ListQuery = {
  maxResults?: number;
  minAccessRole?: AccessRole;
  pageToken?: string;
  showDeleted?: boolean;
  showHidden?: boolean;
  showOwnOrganizationOnly?: boolean;
  syncToken?: string;
};

const roles: AccessRole[] = ['freeBusyReader', 'reader', 'writer', 'owner'];
const isAtLeast = (role: AccessRole, least: AccessRole): boolean => roles.indexOf(role) >= roles.indexOf(least);

type Access = { calendar: Calendar; role: AccessRole };

/** The calendar behind an id or `primary`, if the account sees it; what it does not see does not exist. */
export function access(world: World, account: Account, id: string): Access {
  const entry = account.list[id === 'primary' ? account.email : id];
  const calendar = entry && world.state.calendars[entry.calendarId];
  if (!calendar || entry.deleted) throw notFound();
  return { calendar, role: entry.accessRole };
}

export function writeAccess(world: World, account: Account, id: string): Calendar {
  const { calendar, role } = access(world, account, id);
  if (!isAtLeast(role, 'writer')) throw writerNeeded();
  return calendar;
}

export function getCalendar(world: World, account: Account, id: string) {
  const { calendar } = access(world, account, id);
  const { summary, timeZone } = calendar;
  return { kind: 'calendar#calendar', etag: `"${digest([calendar.id, summary])}"`, id: calendar.id, summary, timeZone };
}

export function getListEntry(world: World, account: Account, id: string) {
  const { calendar } = access(world, account, id);
  return show(calendar, account.list[calendar.id] as ListEntry);
}

export function listCalendars(world: World, account: Account, query: ListQuery, pageSize = 250) {
  const since = query.syncToken === undefined ? undefined : readSince(account, query, query.syncToken);
  const entries = Object.values(account.list)
    .filter((entry) => (since === undefined ? !entry.deleted || query.showDeleted : entry.seq > since))
    .filter((entry) => isAtLeast(entry.accessRole, query.minAccessRole ?? 'freeBusyReader'))
    .map((entry) => ({ key: entry.calendarId, value: entry }));
  const size = Math.min(query.maxResults ?? 100, 250, pageSize);
  const page = paginate({ id: listId(account), seq: world.state.seq }, query, entries, size);
  const items = page.items.map((entry) => show(world.state.calendars[entry.calendarId] as Calendar, entry));
  const body = { kind: 'calendar#calendarList', etag: `"p${digest(items)}"`, items };
  if (page.nextPageToken) return { ...body, nextPageToken: page.nextPageToken };
  const token = { list: listId(account), generation: account.listGeneration, seq: page.seq, query: {} };
  return { ...body, nextSyncToken: sealToken(token) };
}

const listId = (account: Account): string => `calendarList of ${account.email}`;

function readSince(account: Account, query: ListQuery, text: string): number {
  if (query.minAccessRole !== undefined || query.showOwnOrganizationOnly !== undefined) throw restricted();
  return readSyncToken(listId(account), account.listGeneration, text).seq;
}

function show(calendar: Calendar, entry: ListEntry) {
  const { id, summary, timeZone } = calendar;
  const base = { kind: 'calendar#calendarListEntry', etag: etagOf(entry.seq), id };
  if (entry.deleted) return { ...base, deleted: true };
  const primary = entry.primary ? { primary: true } : {};
  const shown = { summary, timeZone, accessRole: entry.accessRole, ...primary, selected: true, defaultReminders: [] };
  return { ...base, ...shown };
}

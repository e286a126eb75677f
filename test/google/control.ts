/**
 * The control interface: a person's changes in Google Calendar, orders for misbehaviour, and the record of what was
 * called. Every command takes one JSON object, so the same commands are served at POST /control/<command>.
 */
import type { Json } from './event-body.ts';
import {
  changeFollowing,
  deleteEvent,
  insertEvent,
  moveEvent,
  patchEvent,
  restoreEvent,
  updateEvent,
} from './events.ts';
import type { Fault } from './faults.ts';
import { findEvent } from './instances.ts';
import { show } from './listing.ts';
import { issueAccessToken, revokeGrants } from './oauth.ts';
import type { PushFault } from './push.ts';
import type { AccessRole, Account, Calendar, Client } from './state.ts';
import { digest } from './sync-tokens.ts';
import { nextSeq, type Settings, type World } from './world.ts';

type NewCalendar = {
  id?: string;
  summary?: string;
  timeZone?: string;
  accessRole?: AccessRole;
  primary?: boolean;
  /** Generated calendars (holidays, birthdays) refuse `watch`. */
  watchable?: boolean;
};
type EventRef = { calendar: string; eventId: string };

export type Control = ReturnType<typeof createControl>;

export function createControl(world: World) {
  const { state } = world;

  const calendarOf = (id: string): Calendar => state.calendars[id] ?? fail(`no calendar ${id}`);
  const accountOf = (email: string): Account => state.accounts[email] ?? fail(`no account ${email}`);

  /** A person's change: shown as the API would show it; the channels hear of it. */
  const change = (id: string, act: (calendar: Calendar) => ReturnType<typeof insertEvent>) => {
    const calendar = calendarOf(id);
    const event = show(calendar, {}, act(calendar));
    notifyTouched(world);
    return event;
  };

  return {
    /** While no client is registered, any client id is accepted. */
    registerClient(client: Client) {
      state.clients[client.clientId] = client;
      return client;
    },
    /** Without `calendars`: a primary one. A primary calendar's id is the email. */
    createAccount({ email, calendars = [{ primary: true }] }: { email: string; calendars?: NewCalendar[] }) {
      state.accounts[email] = { email, listGeneration: 0, list: {}, consent: { refuse: false, untick: [] } };
      return { email, calendars: calendars.map((calendar) => addCalendar(world, accountOf(email), calendar).id) };
    },
    /** An existing id shares that calendar with the account. */
    addCalendar({ email, calendar }: { email: string; calendar: NewCalendar }) {
      return { calendar: addCalendar(world, accountOf(email), calendar).id };
    },
    removeCalendar({ email, calendar }: { email: string; calendar: string }) {
      const entry = accountOf(email).list[calendar] ?? fail(`${email} has no calendar ${calendar}`);
      Object.assign(entry, { deleted: true, seq: nextSeq(world) });
    },
    /**
     * A change of access expires the calendar's sync tokens, which Google answers with 410, and is not itself listed.
     * https://developers.google.com/workspace/calendar/api/guides/errors
     */
    setAccessRole({ email, calendar, accessRole }: { email: string; calendar: string; accessRole: AccessRole }) {
      const entry = accountOf(email).list[calendar] ?? fail(`${email} has no calendar ${calendar}`);
      entry.accessRole = accessRole;
      expire(world, calendarOf(calendar));
    },
    /** How the person answers the next consent screens. */
    setConsent({ email, ...consent }: { email: string; refuse?: boolean; untick?: string[] }) {
      Object.assign(accountOf(email).consent, consent);
    },
    mintAccessToken(order: { email: string; scopes?: string[]; clientId?: string; expiresInSeconds?: number }) {
      const scopes = order.scopes ?? ['https://www.googleapis.com/auth/calendar'];
      const grant = { email: accountOf(order.email).email, scopes, clientId: order.clientId ?? 'outside-client' };
      return { accessToken: issueAccessToken(world, grant, order.expiresInSeconds ?? 3600) };
    },
    revokeGrant: ({ email }: { email: string }) => revokeGrants(world, email),

    /** With another `organizer`, the event is a guest's copy. */
    insertEvent: ({ calendar, event, organizer }: { calendar: string; event: Json; organizer?: string }) =>
      change(calendar, (found) =>
        insertEvent(world, found, ownerOf(world, found), event, organizer ? { organizer } : {}),
      ),
    updateEvent: ({ calendar, eventId, event }: EventRef & { event: Json }) =>
      change(calendar, (found) => updateEvent(world, found, eventId, event)),
    patchEvent: ({ calendar, eventId, event }: EventRef & { event: Json }) =>
      change(calendar, (found) => patchEvent(world, found, eventId, event)),
    changeFollowing: ({ calendar, eventId, event = {} }: EventRef & { event?: Json }) =>
      change(calendar, (found) => changeFollowing(world, found, ownerOf(world, found), eventId, event)),
    restoreEvent: ({ calendar, eventId }: EventRef) => change(calendar, (found) => restoreEvent(world, found, eventId)),
    moveEvent: ({ calendar, eventId, destination }: EventRef & { destination: string }) =>
      change(calendar, (found) => moveEvent(world, found, calendarOf(destination), eventId)),
    deleteEvent({ calendar, eventId }: EventRef) {
      deleteEvent(world, calendarOf(calendar), eventId);
      notifyTouched(world);
    },
    getEvent: ({ calendar, eventId }: EventRef) =>
      show(calendarOf(calendar), {}, findEvent(world, calendarOf(calendar), eventId)),
    /** Everything kept, cancelled events too; occurrences of series are not expanded. */
    events: ({ calendar }: { calendar: string }) =>
      Object.values(calendarOf(calendar).events).map((event) => show(calendarOf(calendar), {}, event.body)),

    expireSyncTokens: ({ calendar }: { calendar: string }) => expire(world, calendarOf(calendar)),
    expireCalendarListTokens({ email }: { email: string }) {
      accountOf(email).listGeneration += 1;
    },
    orderFault(fault: Fault) {
      new RegExp(fault.path ?? ''); // A pattern that is none is refused now, not when a call comes.
      world.faults.push({ ...fault });
    },
    orderPushFault(fault: PushFault) {
      world.push.faults.push({ ...fault });
    },
    clearFaults() {
      world.faults.length = 0;
      world.push.faults.length = 0;
    },
    changeSettings: (settings: Partial<Settings>) => Object.assign(world.settings, settings),

    /** The calls received, oldest first; each filter is optional. */
    requests: ({ method, operation, path }: { method?: string; operation?: string; path?: string } = {}) =>
      world.log.filter(
        (entry) =>
          (method ?? entry.method) === entry.method &&
          (operation ?? entry.operation) === entry.operation &&
          new RegExp(path ?? '').test(entry.path),
      ),
    deliveries: ({ channelId }: { channelId?: string } = {}) =>
      world.push.log.filter((delivery) => (channelId ?? delivery.channelId) === delivery.channelId),
    channels: () => Object.values(state.channels),
    clearLogs() {
      world.log.length = 0;
      world.push.log.length = 0;
    },
    exportState: () => structuredClone(state),
    importState: (saved: typeof state) => void Object.assign(state, structuredClone(saved)),
  };
}

/** Sends what an operation has caused; own writes are notified like any other. */
export function notifyTouched(world: World): void {
  for (const calendarId of world.touched) world.push.notify(world, calendarId);
  world.touched.clear();
}

function addCalendar(world: World, account: Account, given: NewCalendar): Calendar {
  const { summary, timeZone = 'UTC', primary = false, watchable = true, accessRole = 'owner' } = given;
  const generated = `c_${digest([account.email, nextSeq(world)])}@group.calendar.google.com`;
  const id = primary ? account.email : (given.id ?? generated);
  world.state.calendars[id] ??= {
    id,
    summary: summary ?? id,
    timeZone,
    watchable,
    generation: 0,
    expiredAt: 0,
    updatedAt: world.now(),
    events: {},
    vanished: {},
  };
  account.list[id] = { calendarId: id, accessRole, primary, seq: nextSeq(world), deleted: false };
  return world.state.calendars[id];
}

function expire(world: World, calendar: Calendar): void {
  calendar.generation += 1;
  calendar.expiredAt = world.now();
}

/** Whoever owns the calendar makes the person's changes. */
function ownerOf(world: World, calendar: Calendar): string {
  const owns = (account: Account) => account.list[calendar.id]?.accessRole === 'owner';
  return Object.values(world.state.accounts).find(owns)?.email ?? calendar.id;
}

function fail(message: string): never {
  throw new Error(message);
}

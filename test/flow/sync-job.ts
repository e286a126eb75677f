/** The one job over stores in memory, and a Google that answers every call: what the flow tests of the job share. */
import { expect } from 'vitest';
import type { Calendar } from '../../shared/domain/calendar.ts';
import type { GrantedConnection, Sealed } from '../../shared/domain/connection.ts';
import { asId } from '../../shared/domain/ids.ts';
import { hour, type Instant, minute, plusMs } from '../../shared/domain/instant.ts';
import type { Caller, EventWriter, GoogleCalendar } from '../../shared/google/calendar-api.ts';
import type { GoogleOAuth } from '../../shared/google/oauth.ts';
import type { Envelope, Hint } from '../../shared/queue/hint.ts';
import type { TokenVault } from '../../shared/runtime/token-vault.ts';
import { type ReceivedHint, type SyncDeps, syncCalendar } from '../../shared/sync/sync-calendar.ts';
import { memoryStores } from '../support/memory-store.ts';
import { aCalendar, aConnection, calendarKey, now, userId } from '../support/samples.ts';

export const sealed = (plaintext: string) => `sealed:${plaintext}` as Sealed;
const vault: TokenVault = {
  seal: async (plaintext) => sealed(plaintext),
  open: async (text) => text.replace('sealed:', ''),
};
const oauth: Pick<GoogleOAuth, 'refresh'> = {
  refresh: async () => ({ accessToken: 'fresh', accessTokenExpiresAt: plusMs(now, hour), scopes: [] }),
};

type Google = GoogleCalendar & EventWriter;

/** Nothing is pending in these tests, so nothing is written. */
const unexpected = async () => expect.fail('Google was written to');
const noWrites: EventWriter = {
  insertEvent: unexpected,
  readEvent: unexpected,
  updateEvent: unexpected,
  deleteEvent: unexpected,
  moveEvent: unexpected,
};

export const received = (hint: Partial<Hint> = {}, sentAt = now): ReceivedHint => ({
  hint: { calendarKey, chainId: asId('chain'), reason: 'connected', ...hint },
  sentAt,
  now,
  remainingMs: () => minute,
});

export type SyncJob = Awaited<ReturnType<typeof openSyncJob>>;

export const openSyncJob = async (connection: GrantedConnection = aConnection()) => {
  const stores = memoryStores();
  const sent: Envelope[] = [];
  const calls: { call: string; accessToken: string }[] = [];
  const tokens = { accessToken: sealed('cached'), refreshToken: sealed('lasting') };
  await stores.connections.create({ ...connection, ...tokens });

  /** Notes who called. */
  const google = (overrides: Partial<Google> = {}): Google => {
    const answers: Google = {
      listCalendars: async () => [],
      listEvents: async () => ({ kind: 'page', changes: [], timeZone: 'UTC', next: { kind: 'end', cursor: 'c1' } }),
      watch: async (_, { expiresAt }) => ({ resourceId: 'resource', expiresAt }),
      stop: async () => 'stopped',
      getEvent: async (_, { eventId }) => ({ kind: 'deleted', id: eventId }),
      listOccurrences: async () => new Set(),
      ...noWrites,
      ...overrides,
    };
    const noted = Object.entries(answers).map(([call, answer]) => [
      call,
      (caller: Caller, given: never) => {
        calls.push({ call, accessToken: caller.accessToken });
        return answer(caller, given);
      },
    ]);
    return Object.fromEntries(noted);
  };

  const deps = (overrides: Partial<SyncDeps> = {}): SyncDeps => ({
    ...stores,
    vault,
    oauth,
    google: google(),
    queue: { send: async (envelope) => void sent.push(envelope) },
    webhookAddress: 'https://example.com/hook',
    channelToken: () => 'token',
    newChannelId: () => asId('channel-1'),
    channelLifetimeMs: 24 * hour,
    random: () => 0.5,
    ownerMarkOf: () => 'owner',
    ...overrides,
  });

  return {
    stores,
    google,
    deps,
    /** What was put on the queue. */
    sent,
    /** What was asked of Google. */
    calls,
    called: () => calls.map(({ call }) => call),
    forgetCalls: () => void calls.splice(0),
    register: (overrides: Parameters<typeof aCalendar>[0] = {}) =>
      stores.calendars.register(aCalendar(overrides), { dueAt: now, renewChannel: false }),
    sync: (overrides: Partial<SyncDeps> = {}, hint: Partial<Hint> = {}, sentAt = now) =>
      syncCalendar(deps(overrides), received(hint, sentAt)),
    /** A hint sent and received then. */
    syncAt: (at: Instant, hint: Partial<Hint> = {}, overrides: Partial<SyncDeps> = {}) =>
      syncCalendar(deps(overrides), { ...received(hint, at), now: at }),
    /** The same with less time than usual. */
    syncFor: (remainingMs: () => number, at: Instant, hint: Partial<Hint>, overrides: Partial<SyncDeps> = {}) =>
      syncCalendar(deps(overrides), { ...received(hint, at), now: at, remainingMs }),
    calendarNow: async (): Promise<Calendar> =>
      (await stores.calendars.load(calendarKey)) ?? expect.fail('There is no calendar'),
    connectionNow: async (): Promise<GrantedConnection> => {
      const stored = await stores.connections.load(userId);
      return stored === undefined || stored.state === 'disconnected' ? expect.fail('There is no connection') : stored;
    },
  };
};

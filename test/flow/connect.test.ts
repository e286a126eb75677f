/** Connecting over stores in memory: consent, the grant, the calendars, and the switch. */
import { beforeEach, describe, expect, test } from 'vitest';
import { type ConnectDeps, connect } from '../../shared/connections/connect.ts';
import { askConsent, type ConsentDeps, takeConsent } from '../../shared/connections/consent.ts';
import { switchRealTimeSync } from '../../shared/connections/real-time-sync.ts';
import type { Sealed } from '../../shared/domain/connection.ts';
import { asId } from '../../shared/domain/ids.ts';
import { hour, minute, plusMs } from '../../shared/domain/instant.ts';
import type { ListedCalendar } from '../../shared/google/calendar-api.ts';
import type { Grant } from '../../shared/google/oauth.ts';
import type { Envelope } from '../../shared/queue/hint.ts';
import { memoryStores, type Stores } from '../support/memory-store.ts';
import { aChannel, now, userId } from '../support/samples.ts';

let stores: Stores;
let sent: Envelope[];
let listed: ListedCalendar[];
beforeEach(() => {
  stores = memoryStores();
  sent = [];
  listed = [aListed('ann@example.com', { primary: true }), aListed('second'), aListed('shared', { owned: false })];
});

const aListed = (id: string, overrides: Partial<ListedCalendar> = {}): ListedCalendar => ({
  id: asId(id),
  summary: id,
  timeZone: 'UTC',
  primary: false,
  owned: true,
  writable: true,
  ...overrides,
});
const aGrant = (overrides: Partial<Grant> = {}): Grant => ({
  accessToken: 'access',
  accessTokenExpiresAt: plusMs(now, hour),
  refreshToken: 'refresh',
  scopes: [],
  ...overrides,
});
const deps = (): ConnectDeps => ({
  ...stores,
  google: { listCalendars: async () => listed } as Partial<ConnectDeps['google']> as ConnectDeps['google'],
  vault: { seal: async (text) => `sealed:${text}` as Sealed, open: async (text) => text.slice(7) },
  queue: { send: async (envelope) => void sent.push(envelope) },
  oauth: async () => ({
    refresh: () => expect.fail('Nothing is refreshed'),
    revoke: () => expect.fail('Nothing is revoked'),
  }),
  within: (work) => work,
});
const ended = { at: now, because: 'revoked' } as const;
const chain = asId<Envelope['hint']['chainId']>('chain');
const run = (grant = aGrant()) => connect(deps(), { userId, grant, replaceAccount: false, chainId: chain, now });

describe('connecting', () => {
  test('keeps the grant sealed and has every calendar of one’s own synced', async () => {
    await run();
    expect(await stores.connections.load(userId)).toMatchObject({
      state: 'connected',
      account: 'ann@example.com',
      refreshToken: 'sealed:refresh',
      accessToken: 'sealed:access',
      realTimeSync: true,
    });
    const calendars = await stores.calendars.listOf(userId);
    expect(calendars.map(({ calendarId, role, enabled }) => [calendarId, role, enabled])).toEqual([
      ['ann@example.com', 'bookings', true],
      ['second', 'blocks', true],
      ['shared', 'blocks', false],
    ]);
    expect(sent.map(({ hint }) => hint.calendarKey).sort()).toEqual(
      calendars
        .filter(({ enabled }) => enabled)
        .map(({ key }) => key)
        .sort(),
    );
  });

  test('again with the same account resumes: progress and switch are kept, the grant is the new one', async () => {
    await run();
    await switchRealTimeSync(deps(), userId, false, chain);
    const [first] = await stores.calendars.listOf(userId);
    if (first === undefined) return expect.fail('There is no calendar');
    await stores.calendars.commitListing(first, { cursor: 'c1', queryVersion: 1, coveredBefore: now, lastSyncAt: now });
    await run(aGrant({ refreshToken: 'newer' }));
    expect(await stores.connections.load(userId)).toMatchObject({ refreshToken: 'sealed:newer', realTimeSync: false });
    expect((await stores.calendars.listOf(userId))[0]).toMatchObject({ cursor: 'c1', realTimeSync: false });
  });

  test('[F39] a grant without a refresh token is enough only when one is known', async () => {
    const { refreshToken, ...withoutRefresh } = aGrant();
    expect(await run(withoutRefresh)).toEqual({ kind: 'refused', because: 'no_lasting_access' });
    await run();
    await run(withoutRefresh);
    const connection = await stores.connections.load(userId);
    expect(connection).toMatchObject({ refreshToken: 'sealed:refresh' });

    await stores.connections.markNeedsReauth(connection ?? expect.fail('There is no connection'), ended);
    expect(await run(withoutRefresh)).toEqual({ kind: 'refused', because: 'no_lasting_access' });
  });

  test('notes which calendars can only be read, and forgets it once Google lets them be written', async () => {
    const writableOf = async () => (await stores.calendars.listOf(userId)).map(({ writable }) => writable);
    listed = [aListed('ann@example.com', { primary: true }), aListed('shared', { owned: false, writable: false })];
    await run();
    expect(await writableOf()).toEqual([undefined, false]);
    listed = [aListed('ann@example.com', { primary: true }), aListed('shared', { owned: false })];
    await run();
    expect(await writableOf()).toEqual([undefined, undefined]);
  });

  test('[R7] after the grant had died, the channels made under it are replaced', async () => {
    await run();
    const [calendar] = await stores.calendars.listOf(userId);
    if (calendar === undefined) return expect.fail('There is no calendar');
    const slot = { id: aChannel().id, state: 'active', expiresAt: now, renewAt: now } as const;
    await stores.channels.begin(calendar, aChannel(), slot);
    await run();
    expect((await stores.calendars.listOf(userId))[0]).toMatchObject({ channel: slot });
    await stores.connections.markNeedsReauth((await stores.connections.load(userId)) ?? expect.fail('None'), ended);
    await run();
    expect((await stores.calendars.listOf(userId))[0]).not.toHaveProperty('channel');
  });

  test('a switch thrown while the consent was under way stays as it was thrown', async () => {
    await run();
    const listCalendars = async () => {
      await switchRealTimeSync(deps(), userId, false, chain);
      return listed;
    };
    const google = { listCalendars } as Partial<ConnectDeps['google']> as ConnectDeps['google'];
    await connect({ ...deps(), google }, { userId, grant: aGrant(), replaceAccount: false, chainId: chain, now });
    expect(await stores.connections.load(userId)).toMatchObject({ realTimeSync: false });
    const calendars = await stores.calendars.listOf(userId);
    expect(calendars.map(({ realTimeSync }) => realTimeSync)).toEqual([false, false, false]);
  });

  test('an account without a calendar is refused', async () => {
    listed = [];
    expect(await run()).toEqual({ kind: 'refused', because: 'no_calendar' });
    expect(await stores.connections.load(userId)).toBeUndefined();
  });

  test('[F11] another account is refused, and nothing of the first is touched', async () => {
    await run();
    const before = await stores.connections.load(userId);
    listed = [aListed('other@example.com', { primary: true })];
    expect(await run()).toMatchObject({ kind: 'refused', because: 'other_account' });
    expect(await stores.connections.load(userId)).toEqual(before);
    expect(await stores.calendars.listOf(userId)).toHaveLength(3);
  });
});

describe('consent', () => {
  const consentDeps = (): ConsentDeps => ({
    states: stores.states,
    redirectUri: 'https://example.com/callback',
    newSecret: () => 'a-secret',
    oauth: {
      authorizationUrl: ({ state }) => `https://google.example/?state=${state}`,
      exchange: () => expect.fail('not here'),
      refresh: () => expect.fail('not here'),
      revoke: () => expect.fail('not here'),
    },
  });

  test('[R15] is taken once, by who holds the state, within ten minutes', async () => {
    const url = await askConsent(consentDeps(), { userId, returnTo: 'settings' }, now);
    expect(url).toContain('state=a-secret');
    expect(await takeConsent(consentDeps(), 'another', now)).toBeUndefined();
    expect(await takeConsent(consentDeps(), 'a-secret', now)).toMatchObject({ userId, returnTo: 'settings' });
    expect(await takeConsent(consentDeps(), 'a-secret', now)).toBeUndefined();

    await askConsent(consentDeps(), { userId }, now);
    expect(await takeConsent(consentDeps(), 'a-secret', plusMs(now, 10 * minute))).toBeUndefined();
  });
});

describe('[F37] the switch', () => {
  test('tells every calendar that is synced, and says nothing of a connection that is not there', async () => {
    expect(await switchRealTimeSync(deps(), userId, false, chain)).toBeUndefined();
    await run();
    sent = [];
    expect(await switchRealTimeSync(deps(), userId, false, chain)).toMatchObject({ realTimeSync: false });
    expect(sent.map(({ hint }) => hint.reason)).toEqual(['disabled', 'disabled']);
    expect((await stores.calendars.listOf(userId)).map(({ realTimeSync }) => realTimeSync)).toEqual([
      false,
      false,
      false,
    ]);
  });
});

/** The management API as a frontend meets it: sign-in, consent, status, the switch, and refusals that name what is wrong. */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { routeTable } from '../../functions/management-api/route-table.ts';
import { webhookPath } from '../../shared/notifications/webhook-path.ts';
import { startTestSession, type TestSession } from '../support/local-session.ts';

let session: TestSession;
beforeAll(async () => {
  session = await startTestSession();
});
afterAll(() => session.stop());

/** Push, the cool-down and the sync are over long before. */
const eventually = (check: () => Promise<void>) => vi.waitFor(check, { timeout: 5_000 });

const problem = (slug: string) => ({ type: `urn:bookedbarber:problem:${slug}` });

describe('[R15] access', () => {
  const routes = Object.values(routeTable);

  test.each(routes.filter(({ access }) => access !== 'public'))('$method $path asks for a token', async (route) => {
    expect(await session.call(route.method, route.path)).toMatchObject({ status: 401 });
  });

  test('the API description is public and covers every route, and the webhook', async () => {
    const { status, body } = await session.call('GET', routeTable.openapi.path);
    expect(status).toBe(200);
    const { paths } = body as { paths: Record<string, object> };
    const known = new Set([...routes.map(({ path }) => path), webhookPath]);
    expect(Object.keys(paths).sort()).toEqual([...known].sort());
  });
});

describe('connecting', () => {
  const consentPage = async (user: string, email: string, query = ''): Promise<URL> => {
    const { status, body } = await session.call('GET', `/api/v2/calendar/connect${query}`, user);
    expect(status).toBe(200);
    const page = new URL((body as { authorizationUrl: string }).authorizationUrl);
    page.searchParams.set('login_hint', email);
    return page;
  };
  /** Where Google sends the user back to. */
  const consent = async (page: URL): Promise<string> => {
    const { headers } = await fetch(page, { redirect: 'manual' });
    const location = new URL(headers.get('location') ?? '');
    return `${location.pathname}${location.search}`;
  };
  const account = (email: string) => session.google.control.createAccount({ email });

  test('asks for consent with PKCE, for the two scopes that are used', async () => {
    const { searchParams } = await consentPage('ann', 'ann@example.com');
    expect(searchParams.get('code_challenge_method')).toBe('S256');
    expect(searchParams.get('access_type')).toBe('offline');
    expect(searchParams.get('scope')?.split(' ')).toEqual([
      'https://www.googleapis.com/auth/calendar.events',
      'https://www.googleapis.com/auth/calendar.calendarlist.readonly',
    ]);
  });

  test('a callback connects the account and is good once', async () => {
    account('bob@example.com');
    const callback = await consent(await consentPage('bob', 'bob@example.com'));
    expect(await session.call('GET', callback)).toMatchObject({
      status: 200,
      body: { connected: true, account: 'bob@example.com', calendars: 1 },
    });
    expect(await session.call('GET', callback)).toMatchObject({ status: 400, body: problem('consent-state-invalid') });
  });

  test('a state that we never gave is refused', async () => {
    expect(await session.call('GET', '/api/calendar/callback?code=c&state=made-up')).toMatchObject({
      status: 400,
      body: problem('consent-state-invalid'),
    });
  });

  test('a refusal is said to be one', async () => {
    account('cid@example.com');
    session.google.control.setConsent({ email: 'cid@example.com', refuse: true });
    const callback = await consent(await consentPage('cid', 'cid@example.com'));
    expect(await session.call('GET', callback)).toMatchObject({ status: 403, body: problem('consent-refused') });
  });

  test('[F39] a box left unticked is named', async () => {
    account('dee@example.com');
    const untick = ['https://www.googleapis.com/auth/calendar.events'];
    session.google.control.setConsent({ email: 'dee@example.com', untick });
    const callback = await consent(await consentPage('dee', 'dee@example.com'));
    const { status, body } = await session.call('GET', callback);
    expect({ status, body }).toMatchObject({ status: 403, body: problem('consent-incomplete') });
    expect((body as { detail: string }).detail).toContain('View and edit events on all your calendars');
  });

  test('[F11] another account is refused while one is connected; the same one resumes', async () => {
    account('eve@example.com');
    account('other@example.com');
    await session.call('GET', await consent(await consentPage('eve', 'eve@example.com')));
    const other = await consent(await consentPage('eve', 'other@example.com'));
    expect(await session.call('GET', other)).toMatchObject({ status: 409, body: problem('other-account') });
    const again = await consent(await consentPage('eve', 'eve@example.com'));
    expect(await session.call('GET', again)).toMatchObject({ status: 200 });
  });

  test('a page to return to is named by key, never by URL', async () => {
    const answer = await session.call('GET', '/api/v2/calendar/connect?returnTo=https%3A%2F%2Fevil.example', 'ann');
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ field: 'returnTo' }] } });
  });
});

describe('real-time sync', () => {
  const status = async (user: string) => (await session.call('GET', routeTable.status.path, user)).body;
  const activeChannels = (calendar: string) =>
    session.google.control.channels().filter(({ calendarId, stopped }) => calendarId === calendar && !stopped);

  test('is on once connected, with one channel for each calendar of one’s own', async () => {
    const email = 'fay@example.com';
    session.google.control.createAccount({
      email,
      calendars: [
        { primary: true, summary: 'Chair' },
        { id: 'second@group.calendar.google.com', summary: 'Second' },
        { id: 'holidays@group.v.calendar.google.com', accessRole: 'reader', watchable: false },
      ],
    });
    await session.connect('fay');
    expect(await status('fay')).toMatchObject({
      realTimeSync: 'enabled',
      connection: { state: 'connected', account: email },
      calendars: [
        {
          calendarId: email,
          summary: 'Chair',
          role: 'bookings',
          enabled: true,
          state: 'synced',
          channel: { state: 'active' },
        },
        { calendarId: 'holidays@group.v.calendar.google.com', enabled: false, state: 'disabled' },
        { calendarId: 'second@group.calendar.google.com', role: 'blocks', enabled: true, initialSyncComplete: true },
      ],
    });
  });

  test('[F37] switched off stops the channel, on again makes a new one; both can be said twice', async () => {
    const email = await session.connect('gus');
    const [first] = activeChannels(email);
    for (const _ of [1, 2]) {
      const { body } = await session.call('POST', routeTable.disable.path, 'gus');
      expect(body).toMatchObject({ realTimeSync: 'disabled' });
    }
    await session.stack.idle();
    expect(activeChannels(email)).toEqual([]);

    for (const _ of [1, 2]) {
      const { body } = await session.call('POST', routeTable.enable.path, 'gus');
      expect(body).toMatchObject({ realTimeSync: 'enabled' });
    }
    await session.stack.idle();
    const second = activeChannels(email);
    expect(second).toHaveLength(1);
    expect(second[0]?.id).not.toBe(first?.id);
  });

  test('[F26] a calendar of one’s own that cannot be watched is remembered as such and synced all the same', async () => {
    const email = 'hal@example.com';
    session.google.control.createAccount({ email, calendars: [{ primary: true, watchable: false }] });
    await session.connect('hal');
    expect(await status('hal')).toMatchObject({ calendars: [{ state: 'polled', initialSyncComplete: true }] });
    expect(session.google.control.requests({ operation: 'calendar.events.watch', path: 'hal' })).toHaveLength(1);
    await session.call('POST', routeTable.enable.path, 'hal');
    await session.stack.idle();
    expect(session.google.control.requests({ operation: 'calendar.events.watch', path: 'hal' })).toHaveLength(1);
  });

  test('of one who never connected is off, and cannot be switched on', async () => {
    expect(await status('ivy')).toEqual({
      realTimeSync: 'disabled',
      connection: { state: 'disconnected' },
      calendars: [],
    });
    const { status: code, body } = await session.call('POST', routeTable.enable.path, 'ivy');
    expect({ code, body }).toMatchObject({ code: 409, body: problem('not-connected') });
  });

  test('[R14] a grant that is withdrawn stops the calls to Google and keeps the data', async () => {
    const email = await session.connect('jon');
    const event = { summary: 'Kept', start: { date: '2099-01-01' }, end: { date: '2099-01-02' } };
    const soon = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
    const later = new Date(Date.now() + 2 * 86_400_000).toISOString().slice(0, 10);
    const insert = () =>
      session.google.control.insertEvent({
        calendar: email,
        event: { ...event, start: { date: soon }, end: { date: later } },
      });
    insert();
    await session.stack.idle();
    await eventually(async () => {
      const { body } = await session.call('GET', routeTable.appointments.path, 'jon');
      expect((body as { items: unknown[] }).items).toHaveLength(1);
    });
    session.google.control.revokeGrant({ email });
    insert();
    await eventually(async () => expect(await status('jon')).toMatchObject({ connection: { state: 'needs_reauth' } }));
    await session.stack.idle();
    session.google.control.clearLogs();
    insert();
    await session.stack.idle();
    expect(session.google.control.requests()).toEqual([]);
    const { body } = await session.call('GET', routeTable.appointments.path, 'jon');
    expect((body as { items: unknown[] }).items).toHaveLength(1);

    await session.connect('jon');
    expect(await status('jon')).toMatchObject({ connection: { state: 'connected' } });
    const after = await session.call('GET', routeTable.appointments.path, 'jon');
    expect((after.body as { items: unknown[] }).items).toHaveLength(3);
  });
});

describe('bad input is refused by name', () => {
  const wrong: [string, string, string][] = [
    ['an unknown parameter', '?color=red', 'color'],
    ['a date that is none', '?from=yesterday', 'from'],
    ['a span that ends before it begins', '?from=2026-01-02&to=2026-01-01', 'to'],
    ['a limit of 0', '?limit=0', 'limit'],
    ['a limit beyond the largest page', '?limit=501', 'limit'],
    ['a cursor of another making', '?cursor=abc', 'cursor'],
    ['a parameter given twice', '?limit=1&limit=2', 'limit'],
    ['an include that is unknown', '?include=deleted', 'include'],
  ];
  test.each(wrong)('%s', async (_, query, field) => {
    const answer = await session.call('GET', `${routeTable.appointments.path}${query}`, 'ann');
    expect(answer).toMatchObject({ status: 400, body: { ...problem('invalid-request'), errors: [{ field }] } });
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
  });

  test('a parameter, or a field of a body, where none is taken', async () => {
    const answer = await session.call('POST', `${routeTable.enable.path}?force=1`, 'ann');
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ field: 'force' }] } });
    const withBody = (body: string) => session.call('POST', routeTable.enable.path, 'ann', body);
    expect(await withBody('{"force":true}')).toMatchObject({ status: 400, body: { errors: [{ field: 'force' }] } });
    expect(await withBody('force')).toMatchObject({ status: 400, body: { errors: [{ field: 'body' }] } });
    expect(await withBody('{}')).toMatchObject({ status: 409 });
  });
});

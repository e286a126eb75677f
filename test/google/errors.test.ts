import { afterEach, beforeEach, expect, test } from 'vitest';
import { barber, clientOf, haircut, openGoogle, refusal } from './setup.ts';

let open: Awaited<ReturnType<typeof openGoogle>>;
beforeEach(async () => {
  open = await openGoogle();
});
afterEach(() => open.google.stop());

const calendarId = 'primary';
const list = (params: object = {}) => open.calendar.events.list({ calendarId, ...params });
const insert = (requestBody: object = haircut) => open.calendar.events.insert({ calendarId, requestBody });
const kept = () => open.control.events({ calendar: barber });
const raw = (path: string, init: RequestInit = {}) => fetch(`${open.google.url}${path}`, init);
const bearer = () => ({ Authorization: `Bearer ${open.control.mintAccessToken({ email: barber }).accessToken}` });

test('[G4] the backend answers without `status`, with domain, reason and location', async () => {
  expect((await refusal(list({ syncToken: 'x' }))).body).toEqual({
    errors: [
      {
        domain: 'global',
        reason: 'invalid',
        message: 'Invalid sync token value.',
        locationType: 'parameter',
        location: 'syncToken',
      },
    ],
    code: 400,
    message: 'Invalid sync token value.',
  });
});

test('[G4] no credential: 401 required, in the front end’s form', async () => {
  const response = await raw('/calendar/v3/users/me/calendarList');
  expect(response.status).toBe(401);
  expect(await response.json()).toMatchObject({
    error: {
      code: 401,
      message: expect.stringMatching(/^Request is missing required authentication credential\./),
      errors: [{ reason: 'required', message: 'Login Required.', location: 'Authorization' }],
      status: 'UNAUTHENTICATED',
    },
  });
});

test('[G4] an unknown or expired access token: 401 authError', async () => {
  const brief = clientOf(open.google, { email: barber, expiresInSeconds: 60 });
  await brief.events.list({ calendarId });
  open.clock.now += 61_000;
  expect(await refusal(brief.events.list({ calendarId }))).toMatchObject({
    status: 401,
    reason: 'authError',
    message: expect.stringMatching(/^Request had invalid authentication credentials\./),
    body: { status: 'UNAUTHENTICATED' },
  });
});

test('[G5] a revoked grant ends access tokens too', async () => {
  open.control.revokeGrant({ email: barber });
  expect(await refusal(list())).toMatchObject({ status: 401, reason: 'authError' });
});

test('[G4] a body that is not JSON: 400 parseError', async () => {
  const path = `/calendar/v3/calendars/${barber}/events`;
  const response = await raw(path, { method: 'POST', headers: bearer(), body: '{' });
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ error: { errors: [{ reason: 'parseError' }] } });
});

test('a path that the API does not have: 404', async () => {
  expect((await raw('/calendar/v3/nothing', { headers: bearer() })).status).toBe(404);
});

test.each([
  ['403 short limit', { status: 403, reason: 'rateLimitExceeded', domain: 'usageLimits' }],
  ['403 per user', { status: 403, reason: 'userRateLimitExceeded', domain: 'usageLimits' }],
  ['403 usage limits', { status: 403, reason: 'quotaExceeded', domain: 'usageLimits' }],
  ['429', { status: 429, reason: 'rateLimitExceeded', domain: 'usageLimits' }],
  ['500', { status: 500, reason: 'backendError', domain: 'global' }],
  ['503', { status: 503, reason: 'backendError', domain: 'global' }],
] as const)('[G4] ordered: %s, once, before any effect', async (_, error) => {
  open.control.orderFault({ kind: 'status', ...error, method: 'POST', path: '/events' });
  expect(await refusal(insert())).toMatchObject(error);
  expect(kept()).toEqual([]);
  expect((await insert()).status).toBe(200);
});

test('[G4] ordered errors may have the front end’s form, and headers', async () => {
  open.control.orderFault({
    kind: 'status',
    status: 403,
    reason: 'forbidden',
    frontEnd: 'PERMISSION_DENIED',
    headers: { 'Retry-After': '7' },
  });
  const response = await raw('/calendar/v3/users/me/calendarList', { headers: bearer() });
  expect(response.headers.get('retry-after')).toBe('7');
  expect(await response.json()).toMatchObject({ error: { status: 'PERMISSION_DENIED' } });
});

test('[G7] ordered: an HTML 502', async () => {
  open.control.orderFault({ kind: 'html' });
  const response = await raw('/calendar/v3/users/me/calendarList', { headers: bearer() });
  expect(response.status).toBe(502);
  expect(response.headers.get('content-type')).toContain('text/html');
});

test('[G7] ordered: a reset before the effect', async () => {
  open.control.orderFault({ kind: 'reset' });
  expect(await refusal(insert())).toMatchObject({ code: 'ECONNRESET' });
  expect(kept()).toEqual([]);
});

test('[G7] ordered: commit, then drop; the client’s id proves the insert on a second try', async () => {
  open.control.orderFault({ kind: 'commit-then-drop', method: 'POST' });
  const event = { ...haircut, id: 'event1' };
  expect(await refusal(insert(event))).toMatchObject({ code: 'ECONNRESET' });
  expect(kept()).toMatchObject([{ id: 'event1' }]);
  expect(await refusal(insert(event))).toMatchObject({ status: 409 });
});

test('[G4] the client’s built-in retry of a committed DELETE surfaces as 410', async () => {
  const { data } = await insert();
  open.control.orderFault({ kind: 'commit-then-drop', method: 'DELETE' });
  const call = open.calendar.events.delete({ calendarId, eventId: data.id ?? '' }, { retry: true });
  expect(await refusal(call)).toMatchObject({ status: 410, reason: 'deleted' });
});

test('[G4] the client retries GET after 5xx, and never POST', async () => {
  open.control.orderFault({ kind: 'html', path: '/events', times: 2 });
  expect((await open.calendar.events.list({ calendarId }, { retry: true })).status).toBe(200);
  open.control.orderFault({ kind: 'html', path: '/events' });
  const insertion = open.calendar.events.insert({ calendarId, requestBody: haircut }, { retry: true });
  expect(await refusal(insertion)).toMatchObject({ status: 502 });
  expect(open.control.requests({ path: '/events' }).map((call) => call.status)).toEqual([502, 502, 200, 502]);
});

test('ordered: an empty list, a missing field, one of another type, half a body', async () => {
  await insert();
  open.control.orderFault({ kind: 'empty-list' });
  expect((await list()).data).toMatchObject({ items: [], nextSyncToken: expect.any(String) });
  open.control.orderFault({ kind: 'omit', fields: ['nextSyncToken'] });
  expect((await list()).data).not.toHaveProperty('nextSyncToken');
  open.control.orderFault({ kind: 'replace', fields: { items: 'none' } });
  expect((await list()).data).toMatchObject({ items: 'none', nextSyncToken: expect.any(String) });
  open.control.orderFault({ kind: 'truncate' });
  const response = await raw('/calendar/v3/users/me/calendarList', { headers: bearer() });
  await expect(response.json()).rejects.toThrow(SyntaxError);
});

test('ordered: a delay longer than the client waits', async () => {
  open.control.orderFault({ kind: 'delay', ms: 60_000 });
  const call = open.calendar.events.list({ calendarId }, { timeout: 20 });
  await expect(call).rejects.toMatchObject({ cause: { name: 'AbortError' } });
});

test('a fault waits for the calls it skips, then meets as many as ordered; null means all; clearing ends it', async () => {
  const failure = { kind: 'html', path: '/events' } as const;
  const statuses = async () => {
    const calls = Array.from({ length: 4 }, () =>
      list().then(
        (reply) => reply.status,
        (error) => error.status,
      ),
    );
    return (await Promise.all(calls)).sort();
  };
  open.control.orderFault({ ...failure, skip: 1, times: 2 });
  expect(await statuses()).toEqual([200, 200, 502, 502]);
  open.control.orderFault({ ...failure, times: null });
  expect(await statuses()).toEqual([502, 502, 502, 502]);
  open.control.clearFaults();
  expect(await statuses()).toEqual([200, 200, 200, 200]);
});

test('[G5] ordered on an OAuth path, an error has the OAuth form', async () => {
  open.control.orderFault({ kind: 'status', status: 400, reason: 'invalid_grant', path: '/token' });
  const response = await raw('/token', { method: 'POST', body: new URLSearchParams({ grant_type: 'refresh_token' }) });
  expect(await response.json()).toMatchObject({ error: 'invalid_grant' });
});

/** The life of a connection on the local stack: ended with Google down, begun again, given to another account, revoked. */
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { routeTable } from '../../functions/management-api/route-table.ts';
import { statusReply } from '../../functions/management-api/schemas/sync.ts';
import { type BothSides, connectBothSides, expectAgreement, hourIn } from '../support/both-sides.ts';
import { startTestSession, type TestSession } from '../support/local-session.ts';

let session: TestSession;
beforeAll(async () => {
  session = await startTestSession();
});
afterAll(() => session.stop());
afterEach(() => session.google.control.clearFaults());

/** Hints, the cool-down and the pushes are over long before. */
const eventually = (check: () => Promise<void>) => vi.waitFor(check, { timeout: 10_000, interval: 100 });

const { connect, disconnect, status: statusRoute, sync, pushExisting } = routeTable;

/** What the callback answers once that account has consented. */
const consent = async (user: string, email: string, query = '', smuggled = '') => {
  const { status, body } = await session.call('GET', `${connect.path}${query}`, user);
  expect(status).toBe(200);
  const page = new URL((body as { authorizationUrl: string }).authorizationUrl);
  page.searchParams.set('login_hint', email);
  const { headers } = await fetch(page, { redirect: 'manual' });
  const { pathname, search } = new URL(headers.get('location') ?? '');
  return session.call('GET', `${pathname}${search}${smuggled}`);
};
const connectionOf = async (user: string) =>
  statusReply.parse((await session.call('GET', statusRoute.path, user)).body);

const calls = () => session.google.control.requests().filter(({ operation }) => operation?.startsWith('calendar.'));
const live = (calendar: string) =>
  session.google.control.events({ calendar }).filter(({ status }) => status !== 'cancelled');
const titleOf = (event: object): unknown => ('summary' in event ? event.summary : undefined);
const account = (email: string) => {
  session.google.control.createAccount({ email, calendars: [{ primary: true, timeZone: 'America/New_York' }] });
  return email;
};

/** A booking that both sides agree on. */
const begin = async (user: string): Promise<{ sides: BothSides; id: string }> => {
  const sides = await connectBothSides(session, user);
  const { id } = await sides.book({ title: 'Haircut', ...hourIn(3).times });
  await eventually(() => expectAgreement(sides, id));
  return { sides, id };
};

test('[F37][R1] disconnected with Google down, edited on both sides, connected again: both agree', async () => {
  const { sides, id } = await begin('dora');
  const { control } = session.google;
  const foreign = control.insertEvent({ calendar: sides.calendar, event: { summary: 'Dentist', ...hourIn(4).event } });
  await eventually(async () => expect(await sides.appointments()).toHaveLength(2));

  control.orderFault({
    kind: 'status',
    status: 503,
    reason: 'backendError',
    path: '/channels/stop|/revoke',
    times: null,
  });
  const ended = await session.call('POST', disconnect.path, 'dora');
  expect(ended).toMatchObject({ status: 200, body: { disconnected: true, revoked: false, more: false } });
  expect((ended.body as { message: string }).message).toContain('myaccount.google.com');
  expect(await connectionOf('dora')).toMatchObject({ connection: { state: 'disconnected' }, calendars: [] });
  expect(await session.call('POST', disconnect.path, 'dora')).toMatchObject({ status: 200 });
  control.clearFaults();
  await session.stack.idle();

  const before = calls().length;
  await sides.edit(id, { title: 'Beard' });
  await sides.editInGoogle(id, { location: 'Main St 1' }); // Its channel still fires: nobody could stop it.
  control.deleteEvent({ calendar: sides.calendar, eventId: foreign.id });
  await session.stack.idle();
  expect(calls()).toHaveLength(before);
  expect(await session.call('POST', sync.path, 'dora')).toMatchObject({ status: 409 });
  expect(await session.call('POST', pushExisting.path, 'dora')).toMatchObject({ status: 409 });
  expect(await sides.appointment(id)).toMatchObject({ title: 'Beard', sync: { state: 'pending' } });

  expect(await consent('dora', sides.calendar)).toMatchObject({ status: 200 });
  await eventually(() => expectAgreement(sides, id));
  expect(await sides.appointment(id)).toMatchObject({ title: 'Beard', location: 'Main St 1' });
  const statuses = (await sides.appointments()).map(({ kind, status }) => `${kind} ${status}`);
  expect(statuses.sort()).toEqual(['block cancelled', 'booking confirmed']);
  expect(await connectionOf('dora')).toMatchObject({ realTimeSync: 'enabled', connection: { state: 'connected' } });
});

test('[F11][R3] another account takes the place once the user has said so, and back again there is nothing twice', async () => {
  const { sides, id } = await begin('eli');
  const other = account('eli.too@example.com');
  session.google.control.insertEvent({ calendar: sides.calendar, event: { summary: 'Bank', ...hourIn(5).event } });
  await eventually(async () => expect(await sides.appointments()).toHaveLength(2));

  expect(await consent('eli', other)).toMatchObject({ status: 409 });
  expect(await consent('eli', other, '', '&replaceAccount=true')).toMatchObject({ status: 409 });
  expect(await connectionOf('eli')).toMatchObject({ connection: { account: sides.calendar } });

  expect(await consent('eli', other, '?replaceAccount=true')).toMatchObject({ status: 200, body: { account: other } });
  await eventually(async () => {
    expect(live(other).map(titleOf)).toEqual(['Haircut']);
    expect(await sides.appointment(id)).toMatchObject({ sync: { state: 'synced' } });
  });
  const { connection, calendars } = await connectionOf('eli');
  expect(connection).toMatchObject({ state: 'connected', account: other });
  expect(calendars.map(({ calendarId }) => calendarId)).toEqual([other]);
  await eventually(async () => {
    const blocks = (await sides.appointments()).filter(({ kind }) => kind === 'block');
    expect(blocks.map(({ status }) => status)).toEqual(['cancelled']);
  });
  const active = session.google.control.channels().filter(({ stopped }) => !stopped);
  expect(active.filter(({ calendarId }) => calendarId === sides.calendar)).toEqual([]);
  expect(active.filter(({ calendarId }) => calendarId === other)).toHaveLength(1);

  await sides.edit(id, { title: 'Beard' });
  expect(await consent('eli', sides.calendar, '?replaceAccount=true')).toMatchObject({ status: 200 });
  await eventually(() => expectAgreement(sides, id));
  expect(live(sides.calendar).map(titleOf).sort()).toEqual(['Bank', 'Beard']);
});

test('[R14][F36] a grant that is revoked stops the calls and says so; consent given again brings both sides together', async () => {
  const { sides, id } = await begin('fay');
  session.google.control.revokeGrant({ email: sides.calendar });
  await sides.edit(id, { notes: 'Bring the card' });
  await eventually(async () => {
    const { connection } = await connectionOf('fay');
    expect(connection).toMatchObject({ state: 'needs_reauth', reason: 'revoked', account: sides.calendar });
    expect(connection.message).toContain('Connect again');
    expect(connection.since).toBeDefined();
  });
  await session.stack.idle();
  const before = calls().length;
  await sides.editInGoogle(id, { summary: 'Haircut and beard' });
  const made = await sides.book({ title: 'Shave', ...hourIn(6).times });
  await session.stack.idle();
  expect(calls()).toHaveLength(before);

  expect(await consent('fay', sides.calendar)).toMatchObject({ status: 200 });
  await eventually(async () => {
    await expectAgreement(sides, id);
    await expectAgreement(sides, made.id);
  });
  expect(await sides.appointment(id)).toMatchObject({ title: 'Haircut and beard', notes: 'Bring the card' });
});

test('[R15] a link that another user asked for connects that other user, and nobody twice', async () => {
  const mine = account('gus@example.com');
  const { body } = await session.call('GET', connect.path, 'gus');
  const page = new URL((body as { authorizationUrl: string }).authorizationUrl);
  page.searchParams.set('login_hint', mine);
  const { headers } = await fetch(page, { redirect: 'manual' });
  const { pathname, search } = new URL(headers.get('location') ?? '');
  const answer = await session.call('GET', `${pathname}${search}`, 'hal'); // Whoever opens it: the state says whose it is.
  expect(answer).toMatchObject({ status: 200 });
  expect(await connectionOf('hal')).toMatchObject({ connection: { state: 'disconnected' } });
  expect(await connectionOf('gus')).toMatchObject({ connection: { account: mine } });
  expect(await session.call('GET', `${pathname}${search}`, 'gus')).toMatchObject({ status: 400 });
});

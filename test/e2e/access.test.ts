/**
 * [R15] Every route × who asks × whose it is. A new route is covered by its entry in test/support/route-calls.ts.
 * Strangers use the owner's own calls, ids and all: they learn nothing, not even that there is something, and change nothing.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openApiDocument } from '../../functions/management-api/openapi.ts';
import { type Operation, operations } from '../../functions/management-api/operations.ts';
import { type RouteName, routeTable } from '../../functions/management-api/route-table.ts';
import { documentedBy } from '../support/documented.ts';
import { startTestSession, type TestSession } from '../support/local-session.ts';
import {
  goodCallsOf,
  type Owner,
  prepareOwner,
  type RouteCall,
  routeNames,
  type Sent,
  sendCall,
} from '../support/route-calls.ts';

let session: TestSession;
let owner: Owner;
let calls: Record<RouteName, RouteCall>;
let atFirst: object;
beforeAll(async () => {
  session = await startTestSession();
  owner = await prepareOwner(session, 'olive');
  calls = await goodCallsOf(owner);
  await session.connect('stranger');
  atFirst = await everythingOf(owner);
}, 60_000);
afterAll(() => session.stop());

const faultsIn = documentedBy(openApiDocument());

const roles = {
  nobody: async () => undefined,
  stranger: () => session.stack.token('stranger'),
  'a stranger who never connected': () => session.stack.token('newcomer-2'),
  'an administrator who is a stranger': () => session.stack.token('stranger', { admin: true }),
} satisfies Record<string, () => Promise<string | undefined>>;
type Role = keyof typeof roles;

const askAs = async (role: Role, name: RouteName, call: RouteCall): Promise<Sent> =>
  sendCall(session, name, call, await roles[role]());

const namesOf = (access: string) => routeNames.filter((name) => routeTable[name].access === access);
const cells = (access: string, ...asking: Role[]) =>
  namesOf(access).flatMap((name) => asking.map((role): [Role, RouteName] => [role, name]));

/** All but what differs between any two answers. */
const comparable = ({ status, headers, text }: Sent) => {
  const { date, ...rest } = Object.fromEntries(headers);
  expect(date).toBeDefined();
  return { status, headers: rest, text };
};

/** Of the same form, and nobody's. */
const nobodys: Record<string, string> = { id: 'A'.repeat(22), calendarId: 'nobody@example.com' };

const inPlaceOf = (path: Record<string, string>) =>
  Object.fromEntries(Object.keys(path).map((part) => [part, nobodys[part] ?? expect.fail(`An id for ${part}`)]));

/** What only the owner may ever read. */
const secretsOf = ({ calendar, booking, open, resolved }: Owner): string[] => [
  calendar,
  booking,
  open.id,
  open.appointmentId,
  resolved.id,
  'of the owner',
];

const everythingOf = async ({ client, appointments }: Owner) => {
  const [settings, calendars, { items, counts }] = await Promise.all([
    client.settings(),
    client.calendars(),
    client.conflicts(),
  ]);
  const conflicts = items.map(({ ageSeconds: _, ...item }) => item);
  const { connection, realTimeSync } = await client.status();
  return { settings, calendars, counts, conflicts, connection, realTimeSync, appointments: await appointments() };
};

describe('[R15] without a token there is nothing but what is public', () => {
  test.each([...cells('user', 'nobody'), ...cells('admin', 'nobody')])('%s asks for %s', async (role, name) => {
    expect(comparable(await askAs(role, name, calls[name]))).toMatchObject({
      status: 401,
      text: '{"message":"Unauthorized"}',
    });
  });

  test('public are the description, and where Google sends a browser with a one-time state', () => {
    expect(namesOf('public')).toEqual(['callback', 'openapi']);
  });
});

describe('[R15] administrators’ routes ask for their scope, whoever it is', () => {
  test.each(cells('admin', 'stranger', 'a stranger who never connected'))('%s asks for %s', async (role, name) => {
    expect(comparable(await askAs(role, name, calls[name]))).toMatchObject({
      status: 403,
      text: '{"message":"Forbidden"}',
    });
  });

  test.each(cells('admin', 'an administrator who is a stranger'))('%s asks for %s', async (role, name) => {
    const answer = await askAs(role, name, calls[name]);
    const { status = 200 }: Operation = operations[name];
    expect(answer.status).toBe(calls[name].status ?? status);
    expect(faultsIn(name, answer)).toEqual([]);
  });
});

describe('[R15] what is another’s', () => {
  const asking: Role[] = ['stranger', 'a stranger who never connected', 'an administrator who is a stranger'];
  const byId = (name: RouteName) => 'path' in operations[name];
  const expectUntouched = async () => {
    await session.stack.idle();
    expect(await everythingOf(owner)).toEqual(atFirst);
  };

  test.each(namesOf('user').filter(byId))('%s answers as if it were not there, byte for byte', async (name) => {
    const { path = {}, ...rest } = calls[name];
    for (const role of asking) {
      const theirs = await askAs(role, name, { ...rest, path });
      const unknown = await askAs(role, name, { ...rest, path: inPlaceOf(path) });
      expect(theirs.status).toBe(404);
      expect(comparable(theirs)).toEqual(comparable(unknown));
    }
    await expectUntouched();
  });

  test.each(namesOf('user').filter((name) => !byId(name)))('%s neither tells nor touches', async (name) => {
    for (const role of asking) {
      const answer = await askAs(role, name, calls[name]);
      expect(faultsIn(name, answer)).toEqual([]);
      expect(secretsOf(owner).filter((secret) => answer.text.includes(secret))).toEqual([]);
    }
    await expectUntouched();
  });
});

test('[R15] a user named in a query, a body or a header is not the one who asks', async () => {
  for (const name of namesOf('user').filter((name) => routeTable[name].method === 'GET' && !calls[name].path)) {
    const answer = await askAs('stranger', name, { headers: { 'x-user-id': owner.user, sub: owner.user } });
    expect(secretsOf(owner).filter((secret) => answer.text.includes(secret))).toEqual([]);
    expect((await askAs('stranger', name, { query: { userId: owner.user } })).status).toBe(400);
  }
});

test('[R15] what the owner asks for with the same calls is there', async () => {
  for (const name of namesOf('user').filter((name) => 'path' in operations[name])) {
    const answer = await sendCall(session, name, calls[name], await session.stack.token(owner.user));
    expect({ name, status: answer.status }).toEqual({ name, status: 200 });
  }
});

/**
 * One call of each route as it is meant to be made. A route that is added needs an entry here, the compiler sees to it;
 * whether it answers as documented and to the right people is then tested without another line.
 */
import { expect } from 'vitest';
import { type Client, createClient, type ReplyOf } from '../../functions/management-api/client.ts';
import { type RouteName, routeTable } from '../../functions/management-api/route-table.ts';
import { type BothSides, connectBothSides, hourIn } from './both-sides.ts';
import type { Answered } from './documented.ts';
import type { TestSession } from './local-session.ts';
import { meetings } from './meetings.ts';
import { watchForWrites } from './quiet.ts';
import { openTable } from './session-table.ts';

export type RouteCall = {
  path?: Record<string, string>;
  query?: Record<string, string> | [name: string, value: string][];
  headers?: Record<string, string>;
  body?: object;
  /** Instead of a body in JSON. */
  raw?: { type: string; text: string };
  /** Another user than the owner: for what the owner could not go on after. */
  by?: string;
  /** Where nothing that is good can succeed in a test. */
  status?: number;
};

type Conflict = ReplyOf<'conflict'>;

/** A barber with something of everything that a route can be asked about. */
export type Owner = BothSides & {
  session: TestSession;
  client: Client;
  booking: string;
  open: Conflict;
  resolved: Conflict;
};

const aBooking = (days: number) => ({ title: 'Haircut of the owner', ...hourIn(days).times });

const goodCalls: Record<RouteName, (owner: Owner) => RouteCall | Promise<RouteCall>> = {
  connect: () => ({}),
  callback: async ({ session }) => ({ query: await consentOf(session, 'newcomer') }),
  status: () => ({}),
  enable: () => ({}),
  renewWebhooks: () => ({}),
  disable: () => ({}),
  disconnect: async ({ session }) => {
    await session.connect('leaver');
    return { by: 'leaver', body: { blocks: 'release' } };
  },
  appointments: () => ({ query: { limit: '10', include: 'cancelled' } }),
  createAppointment: () => ({ body: { ...aBooking(20), title: 'A new one' }, headers: { 'idempotency-key': 'one' } }),
  appointment: ({ booking }) => ({ path: { id: booking } }),
  editAppointment: async ({ booking, appointment }) => {
    const { version } = await appointment(booking);
    return { path: { id: booking }, headers: { 'if-match': `"${version}"` }, body: { notes: 'Edited', version } };
  },
  cancelAppointment: async ({ book }) => ({ path: { id: (await book(aBooking(21))).id } }),
  conflicts: () => ({ query: { status: 'open' } }),
  conflict: ({ open }) => ({ path: { id: open.id } }),
  resolveConflict: ({ open: { id, seen } }) => ({ path: { id }, body: { choice: 'bookedbarber', seen } }),
  undoConflict: ({ resolved }) => ({ path: { id: resolved.id } }),
  calendars: () => ({}),
  chooseCalendar: ({ calendar }) => ({ path: { calendarId: calendar }, body: { enabled: true, role: 'bookings' } }),
  settings: () => ({}),
  changeSettings: async ({ client }) => ({ body: await client.settings() }),
  pushExisting: () => ({}),
  syncLogs: () => ({ query: { limit: '5' } }),
  sync: () => ({}),
  compare: () => ({}),
  health: () => ({}),
  sweep: () => ({}),
  deadLetters: () => ({}),
  redriveDeadLetters: () => ({ body: { ids: ['unknown'] } }),
  discardDeadLetters: () => ({ body: { ids: ['unknown'], reason: 'To see what is answered' } }),
  overview: () => ({}),
  vaultKeys: () => ({}),
  rotateVaultKey: () => ({}),
  reseal: () => ({}),
  retireVaultKey: () => ({ body: { id: 'k1' }, status: 409 }), // Too soon: tokens are sealed under it.
  openapi: () => ({}),
};

/** Every one of them, made once: some prepare something. */
export const goodCallsOf = async (owner: Owner): Promise<Record<RouteName, RouteCall>> => {
  const made: [string, RouteCall][] = [];
  for (const name of routeNames) made.push([name, await goodCalls[name](owner)]);
  return Object.fromEntries(made) as Record<RouteName, RouteCall>;
};

export const routeNames = Object.keys(routeTable) as RouteName[];

export const clientOf = ({ stack }: TestSession, user: string): Client =>
  createClient({ baseUrl: stack.apiUrl, token: () => stack.token(user) });

/** Where Google would send this user's browser, who is new. */
const consentOf = async (session: TestSession, user: string): Promise<Record<string, string>> => {
  const email = `${user}@example.com`;
  session.google.control.createAccount({ email });
  const page = new URL((await clientOf(session, user).connect()).authorizationUrl);
  page.searchParams.set('login_hint', email);
  const { headers } = await fetch(page, { redirect: 'manual' });
  return Object.fromEntries(new URL(headers.get('location') ?? '').searchParams);
};

/** With a booking, a review item that is open, and one that is decided. */
export const prepareOwner = async (session: TestSession, user: string): Promise<Owner> => {
  const table = openTable(session);
  const quiet = watchForWrites(session, table);
  const sides = await connectBothSides(session, user);
  const client = clientOf(session, user);

  const openItem = async (days: number): Promise<Conflict> => {
    const { id } = await sides.book(aBooking(days));
    await quiet.settled();
    const ours = () => sides.edit(id, hourIn(days, '18:00:00').times);
    const theirs = () => sides.editInGoogle(id, hourIn(days, '21:00:00').event);
    await meetings['before the push']?.(session.google.control, sides, ours, theirs);
    await quiet.settled();
    const { items } = await client.conflicts({ query: { status: 'open' } });
    expect(items).toHaveLength(1);
    return client.conflict({ path: { id: items[0]?.id ?? '' } });
  };

  const { id: booking } = await sides.book(aBooking(1));
  const { id, seen = expect.fail('It cannot be decided') } = await openItem(3);
  const resolved = await client.resolveConflict({ path: { id }, body: { choice: 'google', seen } });
  await quiet.settled();
  const open = await openItem(5);
  table.stop();
  return { ...sides, session, client, booking, open, resolved };
};

export type Sent = Answered & { text: string };

/** As whoever has this token; without one, as nobody. */
export const sendCall = async (
  { stack }: TestSession,
  name: RouteName,
  { path = {}, query = {}, headers = {}, body, raw = asJson(body) }: RouteCall,
  token?: string,
): Promise<Sent> => {
  const address = routeTable[name].path.replace(/\{(\w+)\}/g, (_, part) => encodeURIComponent(path[part] ?? ''));
  const response = await fetch(`${stack.apiUrl}${address}?${new URLSearchParams(query)}`, {
    method: routeTable[name].method,
    redirect: 'manual',
    headers: {
      ...headers,
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(raw && { 'content-type': raw.type }),
    },
    ...(raw && { body: raw.text }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: text === '' ? '' : JSON.parse(text) };
};

const asJson = (body: object | undefined): RouteCall['raw'] =>
  body && { type: 'application/json', text: JSON.stringify(body) };

/** A barber who edits both sides at random: her bookings through our API, her events through Google's. She notes each edit. */
import type { calendar_v3 } from 'googleapis/build/src/apis/calendar/v3.js';
import { routeTable } from '../../functions/management-api/route-table.ts';
import type { Shown } from './both-sides.ts';
import type { TestSession } from './local-session.ts';

/** What an edit says of each part that it touches; every value is used once. `times`: when it starts. */
export type Parts = { title?: string; location?: string; notes?: string; times?: number; status?: 'gone' };
export type Part = keyof Parts;

export type OurEdit = { id: string; version: number; parts: Parts };
export type TheirEdit = { eventId: string; parts: Parts };
export type Edits = { ours: OurEdit[]; theirs: TheirEdit[] };

/** In [0, 1), the same for the same seed (mulberry32). */
export const randomFrom = (seed: number): (() => number) => {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};

type Person = {
  session: TestSession;
  user: string;
  calendar: string;
  events: calendar_v3.Resource$Events;
  random: () => number;
};

/** So few that no run can trip the limit on mass changes [R9]. */
const bookingsAtMost = 8;
/** Which share of the edits takes away what it meets. */
const deletions = 0.1;

export const randomPerson = ({ session, user, calendar, events, random }: Person) => {
  const edits: Edits = { ours: [], theirs: [] };
  let values = 0;
  /** Events of what was edited here, the last first: an edit there soon after may meet ours on its way. */
  const recent: string[] = [];

  const pick = <T>(from: readonly T[]): T | undefined => from[Math.floor(random() * from.length)];

  /** One or two parts, each with a value that no other edit has. */
  const newParts = (): Parts => {
    const value = `${user} ${++values}`;
    const choices: Parts[] = [
      { title: `Title ${value}` },
      { location: `Place ${value}` },
      { notes: `Notes ${value}` },
      { times: startOf(values) },
    ];
    return { ...pick(choices), ...pick(choices) };
  };

  const call = async (method: string, path: string, body?: object): Promise<Shown | undefined> => {
    const { status, body: answer } = await session.call(method, path, user, body && JSON.stringify(body));
    if (status === 409) return undefined; // It is cancelled by now.
    if (status >= 400) throw new Error(`${method} ${path} answered ${status}: ${JSON.stringify(answer)}`);
    return answer as Shown;
  };

  const appointments = async (): Promise<Shown[]> => {
    const { body } = await session.call('GET', `${routeTable.appointments.path}?limit=500`, user);
    return (body as { items: Shown[] }).items;
  };

  const noteOurs = (shown: Shown | undefined, parts: Parts): boolean => {
    if (shown === undefined) return false;
    edits.ours.push({ id: shown.id, version: shown.version, parts });
    if (shown.calendar) recent.unshift(shown.calendar.eventId);
    return true;
  };

  const book = async (): Promise<boolean> => {
    const parts = { title: `Title ${user} ${++values}`, times: startOf(values) };
    return noteOurs(await call('POST', routeTable.createAppointment.path, { ...requestOf(parts), timeZone }), parts);
  };

  const editOurs = async (): Promise<boolean> => {
    const known = await appointments();
    const isRoom = known.filter(({ kind }) => kind === 'booking').length < bookingsAtMost;
    const target = pick(known);
    if (target === undefined || (isRoom && random() < 0.3)) return book();
    const path = routeTable.appointment.path.replace('{id}', target.id);
    if (random() < deletions) return noteOurs(await call('DELETE', path), { status: 'gone' });
    const parts = newParts();
    return noteOurs(await call('PATCH', path, requestOf(parts)), parts);
  };

  const insertTheirs = async (): Promise<boolean> => {
    const parts = { title: `Title ${user} ${++values}`, times: startOf(values) };
    const { data } = await events.insert({ calendarId: calendar, requestBody: eventOf(parts) });
    edits.theirs.push({ eventId: data.id ?? '', parts });
    return true;
  };

  const editTheirs = async (): Promise<boolean> => {
    const { items = [] } = (await events.list({ calendarId: calendar, maxResults: 250 })).data;
    const isOnHerMind = items.filter(({ id }) => recent.slice(0, 3).includes(id ?? ''));
    const eventId = pick(isOnHerMind.length > 0 && random() < 0.5 ? isOnHerMind : items)?.id;
    if (!eventId || (items.length < 2 * bookingsAtMost && random() < 0.1)) return insertTheirs();
    const isDeletion = random() < deletions;
    const parts = isDeletion ? { status: 'gone' as const } : newParts();
    const request = { calendarId: calendar, eventId, sendUpdates: 'none' };
    try {
      if (isDeletion) await events.delete(request);
      else await events.patch({ ...request, requestBody: eventOf(parts) });
    } catch (error) {
      if ([403, 404, 410].includes((error as { status?: number }).status ?? 0)) return false; // It is deleted by now.
      throw error;
    }
    edits.theirs.push({ eventId, parts });
    return true;
  };

  /** Decides what waits for a person, unless it has changed since she looked. */
  const decideAll = async (): Promise<void> => {
    const { body } = await session.call('GET', `${routeTable.conflicts.path}?status=open&limit=50`, user);
    for (const { id } of (body as { items: { id: string }[] }).items) {
      const item = await session.call('GET', routeTable.conflict.path.replace('{id}', id), user);
      const choice = random() < 0.5 ? 'google' : 'bookedbarber';
      const { seen } = item.body as { seen?: object };
      await call('POST', routeTable.resolveConflict.path.replace('{id}', id), { choice, seen, allowOverlap: true });
    }
  };

  return {
    edits,
    decideAll,
    /** Resolves to whether there was something to edit. */
    edit: (): Promise<boolean> => (random() < 0.5 ? editOurs() : editTheirs()),
    appointments,
  };
};

const timeZone = 'Europe/Vienna';
const hourMs = 3_600_000;

/** Hours that do not overlap, from tomorrow on. */
const firstMs = Math.ceil(Date.now() / (24 * hourMs)) * 24 * hourMs;
const startOf = (nth: number): number => firstMs + nth * 2 * hourMs;

const timesOf = ({ times }: Parts) =>
  times === undefined ? {} : { start: new Date(times).toISOString(), end: new Date(times + hourMs).toISOString() };

const requestOf = ({ title, location, notes, ...rest }: Parts) => ({
  ...(title !== undefined && { title }),
  ...(location !== undefined && { location }),
  ...(notes !== undefined && { notes }),
  ...timesOf(rest),
});

const eventOf = ({ title, location, notes, ...rest }: Parts): calendar_v3.Schema$Event => {
  const { start, end } = timesOf(rest);
  return {
    ...(title !== undefined && { summary: title }),
    ...(location !== undefined && { location }),
    ...(notes !== undefined && { description: notes }),
    ...(start && { start: { dateTime: start, timeZone }, end: { dateTime: end, timeZone } }),
  };
};

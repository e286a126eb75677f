/** One barber as the end-to-end tests see her: her appointments through our API, her events in Google, the log of both. */
import { expect } from 'vitest';
import type * as z from 'zod/mini';
import { routeTable } from '../../functions/management-api/route-table.ts';
import {
  type appointmentEdit,
  appointmentsReply,
  type newAppointment,
  appointment as shown,
} from '../../functions/management-api/schemas/appointments.ts';
import { syncLogsReply } from '../../functions/management-api/schemas/sync.ts';
import type { EventBody } from '../google/state.ts';
import type { TestSession } from './local-session.ts';

export type Shown = z.infer<typeof shown>;
export type LogEntry = z.infer<typeof syncLogsReply>['items'][number];
export type Event = EventBody & { summary?: string; location?: string; description?: string };
type Json = Record<string, unknown>;

export type BothSides = {
  user: string;
  calendar: string;
  book(body: z.input<typeof newAppointment>): Promise<Shown>;
  edit(id: string, body: z.input<typeof appointmentEdit>): Promise<Shown>;
  cancel(id: string): Promise<Shown>;
  /** With the cancelled ones. */
  appointments(): Promise<Shown[]>;
  appointment(id: string): Promise<Shown>;
  /** The oldest first, as the log lists them. */
  logOf(id: string): Promise<LogEntry[]>;
  /** Of an appointment; those of deleted events are there too, as `cancelled`. */
  event(id: string): Promise<Event>;
  /** A person's edits in Google Calendar, of which we are notified. */
  editInGoogle(id: string, event: Json): Promise<void>;
  deleteInGoogle(id: string): Promise<void>;
};

/** Connects a new barber. */
export const connectBothSides = async (session: TestSession, user: string): Promise<BothSides> => {
  const calendar = await session.connect(user);
  const { control } = session.google;

  const call = async (method: string, path: string, body?: object): Promise<{ status: number; body: unknown }> =>
    session.call(method, path, user, body && JSON.stringify(body));
  const one = async (expected: number, method: string, path: string, body?: object): Promise<Shown> => {
    const answer = await call(method, path, body);
    expect(answer).toMatchObject({ status: expected });
    return shown.parse(answer.body);
  };
  const pathOf = (id: string) => routeTable.appointment.path.replace('{id}', id);
  const appointment = (id: string) => one(200, 'GET', pathOf(id));
  const eventIdOf = async (id: string) => (await appointment(id)).calendar?.eventId ?? '';

  return {
    user,
    calendar,
    appointment,
    book: (body) => one(201, 'POST', routeTable.createAppointment.path, body),
    edit: (id, body) => one(200, 'PATCH', pathOf(id), body),
    cancel: (id) => one(200, 'DELETE', pathOf(id)),
    appointments: async () => {
      const { body } = await call('GET', `${routeTable.appointments.path}?include=cancelled&limit=500`);
      return appointmentsReply.parse(body).items;
    },
    logOf: async (id) => (await wholeLog(call)).filter(({ appointmentId }) => appointmentId === id).reverse(),
    event: async (id) => control.getEvent({ calendar, eventId: await eventIdOf(id) }),
    editInGoogle: async (id, event) => void control.patchEvent({ calendar, eventId: await eventIdOf(id), event }),
    deleteInGoogle: async (id) => control.deleteEvent({ calendar, eventId: await eventIdOf(id) }),
  };
};

const wholeLog = async (call: (method: string, path: string) => Promise<{ body: unknown }>): Promise<LogEntry[]> => {
  const entries: LogEntry[] = [];
  for (let cursor = ''; ; ) {
    const { body } = await call('GET', `${routeTable.syncLogs.path}?limit=200${cursor}`);
    const { items, nextCursor } = syncLogsReply.parse(body);
    entries.push(...items);
    if (nextCursor === undefined) return entries;
    cursor = `&cursor=${nextCursor}`;
  }
};

/** An hour in so many days, as our API takes it and as Google does. */
export const hourIn = (days: number, time = '15:00:00') => {
  const date = new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
  const start = `${date}T${time}.000Z`;
  const end = new Date(Date.parse(start) + 3_600_000).toISOString();
  const timeZone = 'America/New_York';
  return {
    times: { start, end, timeZone },
    event: { start: { dateTime: start, timeZone }, end: { dateTime: end, timeZone } },
  };
};

/** Both sides say the same of an appointment, and nothing is left to tell. */
export const expectAgreement = async (sides: BothSides, id: string): Promise<void> => {
  const appointment = await sides.appointment(id);
  expect(appointment.sync).toEqual({ state: 'synced' });
  expect(saidInGoogle(await sides.event(id))).toEqual(saidHere(appointment));
};

type Said = Pick<Shown, 'title' | 'start' | 'end'> & Partial<Pick<Shown, 'status' | 'location' | 'notes'>>;

export const saidHere = ({ status, title, start, end, location, notes }: Said) =>
  status === 'cancelled' ? status : { title, start: Date.parse(start), end: Date.parse(end), location, notes };

export const saidInGoogle = ({ status, summary, start, end, location, description }: Event) => {
  if (status === 'cancelled') return status;
  const at = ({ dateTime = '' }: Event['start']) => Date.parse(dateTime);
  return { title: summary, start: at(start), end: at(end), location, notes: description };
};

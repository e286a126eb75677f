/**
 * What people do during a run, and the book of it. Each thing is edited where it was made, so that the book says how it
 * must stand on both sides in the end: edits of one thing on both sides are `test/e2e/random-edits.test.ts`'s.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { routeTable } from '../../functions/management-api/route-table.ts';
import type { TestSession } from '../support/local-session.ts';
import type { Barber } from './barbers.ts';

/** `id`: of the event, or of the appointment. */
export type Made = {
  side: 'google' | 'here';
  id: string;
  user: string;
  calendar: string;
  title: string;
  startMs: number;
  gone: boolean;
  editedAt: number;
};

export type People = {
  book: Made[];
  /** Makes, changes or takes away something of this barber's. One at a time for one barber. */
  edit(barber: Barber): Promise<void>;
  /** Calls that were repeated because the function that should answer had died. */
  repeats(): number;
};

const shareGoogle = 0.7;
const shareMade = 0.6;
const shareDeleted = 0.15;
const hourMs = 3_600_000;
/** Whatever people make takes so long. */
export const lastingMs = hourMs;

export const openPeople = ({ stack, google }: TestSession, random: () => number): People => {
  const book: Made[] = [];
  let values = 0;
  let repeats = 0;
  const firstMs = Math.ceil(Date.now() / (24 * hourMs)) * 24 * hourMs;
  const nextStart = new Map<string, number>();

  /** Hours that do not overlap: a double booking would be for a person to decide. */
  const newTimes = ({ user }: Barber): number => {
    const startMs = nextStart.get(user) ?? firstMs;
    nextStart.set(user, startMs + 2 * hourMs);
    return startMs;
  };
  const newSaying = (barber: Barber) => ({ title: `${barber.user} says ${++values}`, startMs: newTimes(barber) });

  /** As a frontend does: again when nobody has answered; the key makes a repeated booking the same one. */
  const call = async (barber: Barber, method: string, path: string, body?: object): Promise<unknown> => {
    const headers = {
      authorization: barber.authorization,
      'content-type': 'application/json',
      ...(method === 'POST' && { 'idempotency-key': randomUUID() }),
    };
    const init = { method, headers, ...(body && { body: JSON.stringify(body) }) };
    for (let tries = 1; ; tries++) {
      const answer = await fetch(stack.apiUrl + path, init);
      if (answer.ok) return answer.json();
      const text = await answer.text();
      if (method === 'DELETE' && answer.status === 409) return undefined; // The try before was not in vain.
      const isWorthATry = answer.status >= 500 || answer.status === 429;
      if (!isWorthATry || tries === triesAtMost)
        throw new Error(`${method} ${path} answered ${answer.status}: ${text}`);
      repeats += 1;
      await delay(retryMs * tries);
    }
  };

  const edits: Record<
    Made['side'],
    Record<'make' | 'change' | 'remove', (barber: Barber, made: Made) => Promise<void>>
  > = {
    google: {
      make: async ({ calendar }, made) => {
        made.id = String(google.control.insertEvent({ calendar, event: eventOf(made) }).id);
      },
      change: async ({ calendar }, made) =>
        void google.control.patchEvent({ calendar, eventId: made.id, event: eventOf(made) }),
      remove: async ({ calendar }, { id }) => google.control.deleteEvent({ calendar, eventId: id }),
    },
    here: {
      make: async (barber, made) => {
        const { method, path } = routeTable.createAppointment;
        made.id = ((await call(barber, method, path, bookingOf(made))) as { id: string }).id;
      },
      change: async (barber, made) => void (await call(barber, 'PATCH', pathOf(made), bookingOf(made))),
      remove: async (barber, made) => void (await call(barber, 'DELETE', pathOf(made))),
    },
  };

  const make = async (barber: Barber): Promise<void> => {
    const side = random() < shareGoogle ? 'google' : 'here';
    const { user, calendar } = barber;
    const made: Made = { side, id: '', user, calendar, ...newSaying(barber), gone: false, editedAt: 0 };
    await edits[side].make(barber, made);
    book.push(Object.assign(made, { editedAt: Date.now() }));
  };

  const edit: People['edit'] = async (barber) => {
    const own = book.filter(({ user, gone }) => user === barber.user && !gone);
    const made = own[Math.floor(random() * own.length)];
    if (made === undefined || random() < shareMade) return make(barber);
    if (random() < shareDeleted) {
      await edits[made.side].remove(barber, made);
      Object.assign(made, { gone: true, editedAt: Date.now() });
      return;
    }
    const saying = newSaying(barber);
    await edits[made.side].change(barber, { ...made, ...saying });
    Object.assign(made, saying, { editedAt: Date.now() });
  };

  return { book, edit, repeats: () => repeats };
};

const triesAtMost = 12;
const retryMs = 100;
const timeZone = 'America/New_York';

const pathOf = ({ id }: Made): string => routeTable.appointment.path.replace('{id}', id);

const timesOf = ({ startMs }: Made) => ({
  start: new Date(startMs).toISOString(),
  end: new Date(startMs + lastingMs).toISOString(),
});

const eventOf = (made: Made) => {
  const { start, end } = timesOf(made);
  return { summary: made.title, start: { dateTime: start, timeZone }, end: { dateTime: end, timeZone } };
};

const bookingOf = (made: Made) => ({ title: made.title, ...timesOf(made), timeZone });

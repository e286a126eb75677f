/**
 * The proof at the end: the people's book, Google's calendars and our appointments, compared with each other. It shares no code
 * with the product: what each side says is read out of its own documents.
 */
import type { EventBody } from '../google/state.ts';
import { lastingMs, type Made } from './people.ts';

/** As our API shows it. */
export type ShownAppointment = {
  id: string;
  kind: string;
  status: string;
  title: string;
  start: string;
  end: string;
  version: number;
  calendar?: { eventId: string } | undefined;
  sync: { state: string };
};

/** Of one barber. Events and appointments with the cancelled ones. */
export type Sides = { user: string; made: Made[]; events: EventBody[]; appointments: ShownAppointment[] };

export type Differences = {
  /** What people made or last said, and one of the sides does not have. */
  lost: string[];
  /** More than one of something, or something that nobody made. */
  doubled: string[];
  /** Neither, and yet not at rest. */
  unsettled: string[];
};

export const compare = ({ user, made, events, appointments }: Sides): Differences => {
  const live = events.filter(({ status }) => status !== 'cancelled');
  const kept = appointments.filter(({ status }) => status !== 'cancelled');
  const expected = made
    .filter(({ gone }) => !gone)
    .map(({ title, startMs }) => said(title, startMs, startMs + lastingMs));
  const inGoogle = live.map(({ summary, start, end }) =>
    said(String(summary), Date.parse(start.dateTime ?? ''), Date.parse(end.dateTime ?? '')),
  );
  const here = kept.map(({ title, start, end }) => said(title, Date.parse(start), Date.parse(end)));
  const sides = { Google: inGoogle, BookedBarber: here };

  const links = kept.map(({ calendar }) => calendar?.eventId);
  const unlinked = live.filter(({ id }) => links.filter((link) => link === id).length !== 1);
  const name = (what: string) => `${user}: ${what}`;
  return {
    lost: Object.entries(sides).flatMap(([side, has]) =>
      without(expected, has).map((text) => name(`${text} is not in ${side}`)),
    ),
    doubled: [
      ...Object.entries(sides).flatMap(([side, has]) =>
        without(has, expected).map((text) => name(`${text} is in ${side}, where nobody has left it`)),
      ),
      ...unlinked.map(({ id }) =>
        name(`the event ${id} has ${links.filter((link) => link === id).length} appointments`),
      ),
    ],
    unsettled: kept
      .filter(({ sync }) => sync.state !== 'synced')
      .map(({ id, sync }) => name(`the appointment ${id} is ${sync.state}`)),
  };
};

const said = (title: string, startMs: number, endMs: number): string =>
  `"${title}" from ${new Date(startMs).toISOString()} to ${new Date(endMs).toISOString()}`;

/** As often as it is in `from` beyond how often it is in `others`. */
const without = (from: string[], others: string[]): string[] => {
  const left = [...others];
  return from.filter((text) => {
    const index = left.indexOf(text);
    if (index >= 0) left.splice(index, 1);
    return index < 0;
  });
};

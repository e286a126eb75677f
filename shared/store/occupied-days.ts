/** Which civil days (UTC) a booking takes, and what writing it changes about them. */
import type { Appointment } from '../domain/appointment.ts';
import { day, epochMsOf, type Instant, instantAt } from '../domain/instant.ts';

export type Span = { startsAt: Instant; endsAt: Instant };

/** By date: the booking's new times there, or nothing on a day that it leaves. */
export type DayChanges = Map<string, Span | undefined>;

/**
 * A booking is no longer than 31 days, which touch 32 dates, so one that moves changes twice as many: all in one
 * transaction, which takes 100 items at most.
 */
const daysPerWrite = 64;

/** `before`: the version that `next` replaces. Without it nobody knows which days the booking leaves, so it must be given. */
export const dayChanges = (before: Appointment | undefined, next: Appointment): DayChanges => {
  if (next.kind === 'block') return new Map();
  if ((before?.revision ?? 0) !== next.revision - 1) throw new Error('A booking needs the version that it replaces');

  const left = takenBy(before);
  const entered = takenBy(next);
  if (left?.startsAt === entered?.startsAt && left?.endsAt === entered?.endsAt) return new Map();
  const changes: DayChanges = new Map();
  for (const date of datesOf(left)) changes.set(date, undefined);
  for (const date of datesOf(entered)) changes.set(date, entered);
  if (changes.size > daysPerWrite) throw new Error(`A booking that changes ${changes.size} days at once`);
  return changes;
};

const takenBy = (appointment: Appointment | undefined): Span | undefined => {
  if (appointment?.kind !== 'booking' || appointment.status !== 'confirmed') return undefined;
  const { startsAt, endsAt } = appointment;
  return { startsAt, endsAt };
};

const datesOf = (span: Span | undefined): string[] => (span === undefined ? [] : datesTouchedBy(span));

/** The window that is mirrored, and a month: an event may last until the year 9999, and no booking is that far away. */
const daysAtMost = 430;

/** YYYY-MM-DD, in order. The end is exclusive; a span without length touches the day that it lies in. */
export const datesTouchedBy = ({ startsAt, endsAt }: Span): string[] => {
  const first = Math.floor(epochMsOf(startsAt) / day);
  const last = Math.max(first, Math.ceil(epochMsOf(endsAt) / day) - 1);
  const length = Math.min(last - first + 1, daysAtMost);
  return Array.from({ length }, (_, index) => instantAt((first + index) * day).slice(0, dateLength));
};

const dateLength = 'YYYY-MM-DD'.length;

/** A review item together with the appointment in question: what a person is shown, and what names it. */
import { hash } from 'node:crypto';
import { isAnothersBooking } from '../bookings/read-only.ts';
import type { Appointment } from '../domain/appointment.ts';
import type { Calendar } from '../domain/calendar.ts';
import type { Conflict } from '../domain/conflict.ts';
import type { Suggestion } from './evidence.ts';
import { type Preview, previewOf } from './preview.ts';

/** `appointment`: of a mass change the first one. */
export type Dispute = { conflict: Conflict; appointment: Appointment };

/** `suggestion`: while the item is open. `held`: the first of a mass change. */
export type Review = Dispute & { readOnly: boolean; suggestion?: Suggestion; held?: Appointment[] };

export type Seen = Preview['seen'];

/** For a mass change it names the list: what happens to the first one while the others are decided does not matter. */
export const seenOf = ({ conflict, appointment }: Dispute): Seen => {
  const { seen } = previewOf(appointment, conflict);
  return conflict.kind === 'mass_change' ? { ...seen, ours: listName(conflict.held ?? []) } : seen;
};

export const isAsSeen = (dispute: Dispute, { ours, theirs }: Seen): boolean => {
  const seen = seenOf(dispute);
  return seen.ours === ours && seen.theirs === theirs;
};

const listName = (held: string[]): string =>
  hash('sha256', JSON.stringify(held.toSorted()), 'buffer').subarray(0, 12).toString('base64url');

/** Events of a calendar that only takes time, and another barber's events, are never changed. */
export const isReadOnly = (appointment: Appointment, calendars: Calendar[]): boolean => {
  const { kind, link } = appointment;
  const home = calendars.find(({ key }) => key === link?.calendarKey);
  return kind === 'block' && (home?.role !== 'bookings' || isAnothersBooking(appointment));
};

/** Where nothing can be put back, going back is neither offered nor suggested. */
export const asOffered = ({ conflict, readOnly }: Pick<Review, 'conflict' | 'readOnly'>): Conflict => {
  const { base: _base, ...withoutBase } = conflict;
  return readOnly && conflict.kind === 'overlap' ? withoutBase : conflict;
};

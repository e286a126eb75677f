/** Ids that are computed, never random: the same thing always gets the same id, so a retry meets itself. */
import { hash } from 'node:crypto';
import {
  type AppointmentId,
  asId,
  type CalendarId,
  type CalendarKey,
  type ConflictId,
  type EventId,
  type UserId,
} from './ids.ts';

/** The calendar of one user in one Google account. Another account's calendar of the same id is another calendar [F10]. */
export const calendarKeyOf = (userId: UserId, account: string, calendarId: CalendarId): CalendarKey =>
  asId(digest('calendar', userId, account, calendarId));

/** The block that stands for a foreign event. */
export const blockIdOf = (calendarKey: CalendarKey, eventId: EventId): AppointmentId =>
  asId(digest('block', calendarKey, eventId));

/** The block that stands for a foreign event whose own block was made anew with an event of ours. */
export const blockIdBeside = (taken: AppointmentId, eventId: EventId): AppointmentId =>
  asId(digest('block', taken, eventId));

/** The booking that a request with this idempotency key makes, however often it comes. */
export const bookingIdOf = (userId: UserId, idempotencyKey: string): AppointmentId =>
  asId(digest('booking', userId, idempotencyKey));

/** A review item: what is in question, and what tells this time from the others. */
export const conflictIdOf = (...parts: string[]): ConflictId => asId(digest('conflict', ...parts));

/**
 * The event of an appointment, in Google's alphabet for ids (base32hex). It can be read back, so that a tombstone, which
 * has nothing but its id, leads to the appointment. `idGeneration` counts its events: a deleted one's id is never free.
 * https://developers.google.com/workspace/calendar/api/v3/reference/events/insert
 */
export const eventIdFor = (appointmentId: AppointmentId, idGeneration: number): EventId =>
  asId(`bb${toBase32Hex(Buffer.from(appointmentId, 'base64url'))}${idGeneration}`);

/** The appointment that an event of ours would belong to; undefined when the id is not of our making. */
export const appointmentIdOf = (eventId: EventId): AppointmentId | undefined => {
  const [, encoded] = ourEventId.exec(eventId) ?? [];
  return encoded === undefined ? undefined : asId(fromBase32Hex(encoded).toString('base64url'));
};

/** 16 bytes are 26 digits of 5 bits, the last of which has 2 bits to spare. */
const ourEventId = /^bb([0-9a-v]{25}[048cgkos])[1-9]\d{0,5}$/;

/** The mark of a user's events: opaque, and different in every stage. */
export const ownerMarkOf = (stage: string, userId: UserId): string => digest('owner', stage, userId);

/** The mark on our events, which tells them from those of another user or stage. */
export const eventMarkOf = (ownerMark: string, appointmentId: AppointmentId): string => `${ownerMark}.${appointmentId}`;

/** 128 bits of SHA-256 as 22 characters of base64url. JSON keeps the parts apart. */
const digest = (...parts: string[]): string =>
  hash('sha256', JSON.stringify(parts), 'buffer').subarray(0, 16).toString('base64url');

const toBase32Hex = (bytes: Buffer): string => {
  const padded = `${BigInt(`0x${bytes.toString('hex')}`)
    .toString(2)
    .padStart(128, '0')}00`;
  return (padded.match(/.{5}/g) ?? []).map((bits) => Number.parseInt(bits, 2).toString(32)).join('');
};

const fromBase32Hex = (text: string): Buffer => {
  const bits = [...text].map((digit) => Number.parseInt(digit, 32).toString(2).padStart(5, '0')).join('');
  return Buffer.from(
    BigInt(`0b${bits.slice(0, 128)}`)
      .toString(16)
      .padStart(32, '0'),
    'hex',
  );
};

/** Each side of the triple as the decision sees it: relative to what both last agreed on. */
import type { Appointment, OwnedFields, SideState } from '../domain/appointment.ts';
import type { SyncWindow } from '../domain/calendar.ts';
import type { CalendarEvent, EventChange, Whose } from '../domain/calendar-event.ts';
import { eventMarkOf } from '../domain/derived-ids.ts';
import type { EventId } from '../domain/ids.ts';
import type { Instant } from '../domain/instant.ts';
import type { Settings } from '../domain/settings.ts';
import { baseOf } from './base.ts';
import { takesTime } from './block-policy.ts';
import { footerOf, withoutOneOf } from './booking-text.ts';
import { isSame, sameFields } from './compare.ts';
import { combine } from './merge.ts';
import { isTooLong, longestBookingDays } from './span.ts';
import { everSent } from './sync-state.ts';
import { type Translated, translate } from './translate.ts';

/**
 * `none`: there is no appointment. `gone`: cancelled here, and Google has not heard of it yet.
 * `settled`: cancelled, and both sides know.
 */
export type OurSide = 'none' | 'same' | 'changed' | 'gone' | 'settled';
/** `gone`: deleted, or a foreign event that does not take time (any more). */
export type TheirSide = 'same' | 'changed' | 'gone' | 'unreadable';

/** Where and when the event was found, and whose calendar that is. */
export type Context = {
  /** The calendar's own zone. */
  timeZone: string;
  /** The span of time that is mirrored. */
  window: SyncWindow;
  now: Instant;
  /** What our own events of this user bear (derived-ids.ts). */
  ownerMark: string;
  settings: Settings;
};

export const sideOf = ({ status, fields }: Appointment): SideState => (status === 'confirmed' ? fields : 'gone');

export const readOurs = (appointment: Appointment | undefined): OurSide =>
  oursSince(appointment, appointment && baseOf(appointment));

/** `base`: what both last agreed on, as the event shows it (`theirs.base`). */
export const oursSince = (appointment: Appointment | undefined, base: OwnedFields | undefined): OurSide => {
  if (appointment === undefined) return 'none';
  if (appointment.status === 'cancelled') return base === undefined ? 'settled' : 'gone';
  if (base === undefined || isPreferred(appointment)) return 'changed';
  return sameFields(base, appointment.fields) ? 'same' : 'changed';
};

const isPreferred = ({ sync }: Appointment): boolean => sync.state === 'pending' && sync.prefer !== undefined;

/** `told`: what Google has, where that is not its own word (dispute.ts). */
export type Live = {
  side: 'same' | 'changed';
  event: CalendarEvent;
  translated: Translated;
  base?: OwnedFields;
  told?: SideState;
};

/** `event`: one that is there, and does not count. */
export type NotThere = { side: 'gone'; event?: CalendarEvent; told?: SideState };

export type Theirs = Live | NotThere | { side: 'unreadable'; eventId: EventId; reason: string };

export const readTheirs = (appointment: Appointment | undefined, change: EventChange, context: Context): Theirs => {
  if (change.kind === 'unreadable') return { side: 'unreadable', eventId: change.id, reason: change.reason };
  if (change.kind === 'deleted') return { side: 'gone' };
  const { event } = change;
  if (appointment?.kind !== 'booking' && !takesTime(event)) return { side: 'gone', event };
  const read = translate(event, context.timeZone, isTextHidden(appointment, event, context));
  if (read.kind === 'untranslatable') return { side: 'unreadable', eventId: event.id, reason: read.reason };
  if (appointment?.kind === 'booking' && isTooLong(read, read.fields.timeZone)) {
    return {
      side: 'unreadable',
      eventId: event.id,
      reason: `A booking cannot last more than ${longestBookingDays} days`,
    };
  }
  if (appointment === undefined) {
    return overlaps(read, context.window) ? { side: 'changed', event, translated: read } : { side: 'gone' }; // A later generation lists it.
  }
  const translated = { ...read, fields: ofBooking(appointment, read.fields, context) };
  return besideBase(appointment, { event, translated }, context);
};

/** What an event says, beside what both last agreed on. */
export const besideBase = (
  appointment: Appointment,
  { event, translated }: { event: CalendarEvent; translated: Translated },
  context: Context,
): Live => {
  const base = agreedBase(appointment, translated.fields, context);
  if (base === undefined) return { side: 'changed', event, translated };
  return { side: sameFields(base, translated.fields) ? 'same' : 'changed', event, translated, base };
};

/**
 * What both last agreed on. A part where Google shows something that we have sent counts as agreed, even if the answer to
 * that write was lost [F49].
 */
const agreedBase = (appointment: Appointment, theirs: OwnedFields, context: Context): OwnedFields | undefined => {
  const base = baseOf(appointment);
  if (base === undefined) return undefined;
  const { sent, untold = [] } = appointment.link ?? {};
  const { location, notes, ...rest } = base;
  const told = {
    ...rest,
    ...(location !== undefined && !untold.includes('location') && { location }),
    ...(notes !== undefined && !untold.includes('notes') && { notes }),
  };
  const known = combine((part) => everSent(sent).find(({ fields }) => isSame(part, theirs, fields))?.fields ?? told);
  return asShared(appointment, known, context);
};

/** The text of our own booking is never hidden from us; that of an event of another owner is. */
const isTextHidden = (appointment: Appointment | undefined, event: CalendarEvent, context: Context): boolean => {
  if (appointment?.kind === 'booking') return false;
  if (event.confidential && !context.settings.readPrivateText) return true;
  return event.mark !== undefined && event.mark.split('.')[0] !== context.ownerMark;
};

/** The description without our footer; tries today's, the last one written, and those of unanswered writes. */
const ofBooking = (appointment: Appointment, theirs: OwnedFields, context: Context): OwnedFields => {
  const { kind, details, link } = appointment;
  if (kind !== 'booking') return theirs;
  const { notes: description, ...rest } = theirs;
  const sent = everSent(link?.sent).map(({ footer }) => footer);
  const footers = [footerOf(details, context.settings.shared), link?.footer ?? '', ...sent];
  const notes = withoutOneOf(description, footers);
  return asShared(appointment, { ...rest, ...(notes !== undefined && { notes }) }, context);
};

/** A part that is not shared cannot differ: ours counts, whatever was agreed on or Google shows. */
export const asShared = ({ kind, fields }: Appointment, said: OwnedFields, { settings }: Context): OwnedFields => {
  if (kind !== 'booking') return said;
  const { location: _location, notes: _notes, ...rest } = said;
  const { location } = settings.shared.location ? said : fields;
  const { notes } = settings.shared.notes ? said : fields;
  return { ...rest, ...(location !== undefined && { location }), ...(notes !== undefined && { notes }) };
};

const overlaps = (event: { startsAt: Instant; endsAt: Instant }, window: SyncWindow): boolean =>
  event.startsAt < window.to && event.endsAt > window.from;

/** Does the event bear our own mark for this appointment? Only then may it be adopted [R3]. */
export const isOurs = ({ mark }: Whose, { id }: Appointment, ownerMark: string): boolean =>
  mark === eventMarkOf(ownerMark, id);

/** The steps that an appointment takes between its states; each leaves versions, base and link consistent. */
import type { Appointment, EventLink, OwnedFields, Pending, Sent } from '../domain/appointment.ts';
import type { Calendar } from '../domain/calendar.ts';
import type { CalendarEvent } from '../domain/calendar-event.ts';
import { eventIdFor } from '../domain/derived-ids.ts';
import type { ChainId } from '../domain/ids.ts';
import { type Instant, plusMs } from '../domain/instant.ts';
import { baseOf } from './base.ts';
import { footerIn } from './booking-text.ts';
import { sameFields } from './compare.ts';

export type Unshared = NonNullable<EventLink['untold']>;

/** When a reader-visible change is written, and because of what. */
export type Written = Pick<Appointment, 'updatedAt' | 'provenance'>;

/** A change that a reader can see. */
export const moved = (appointment: Appointment, now: Written): Appointment => ({
  ...appointment,
  ...now,
  updatedAt: laterThan(appointment.updatedAt, now.updatedAt),
  version: appointment.version + 1,
  revision: appointment.revision + 1,
});

/** A run stamps what it writes with when it began, which may be before an edit that it has read: the log is in order all the same. */
const laterThan = (before: Instant, now: Instant): Instant => (now > before ? now : plusMs(before, 1));

/** Bumps the revision only: bookkeeping that no reader can see. */
export const kept = (appointment: Appointment): Appointment => ({ ...appointment, revision: appointment.revision + 1 });

/** Nothing is left to differ. */
export const agreed = ({ base: _base, edits: _edits, ...appointment }: Appointment): Appointment => ({
  ...appointment,
  sync: { state: 'synced' },
});

/** Both sides agree. A pending mark stays: the push may still have a footer to write or an event to move. */
export const inLine = (appointment: Appointment): Appointment => {
  const { sync } = appointment;
  return sync.state === 'pending' ? { ...agreed(appointment), sync } : agreed(appointment);
};

/** What both last agreed on is written out, because our side is about to be allowed to differ from it. */
export const keepBase = (appointment: Appointment): { base?: OwnedFields } => {
  const base = baseOf(appointment);
  return base === undefined ? {} : { base };
};

export const pendingAt = ({ key, calendarId }: Pick<Calendar, 'key' | 'calendarId'>, now: Instant): Pending => ({
  state: 'pending',
  target: { calendarKey: key, calendarId },
  since: now,
  notBefore: now,
  attempts: 0,
});

/** Pending as before, or else for this calendar. */
export const pendingStill = (
  { sync }: Appointment,
  here: Pick<Calendar, 'key' | 'calendarId'>,
  now: Instant,
): Pending => (sync.state === 'pending' ? { ...pendingAt(here, now), target: sync.target } : pendingAt(here, now));

/** The event as it was seen; which of our own events it is stays known. */
export const linked = (
  event: CalendarEvent,
  calendar: Calendar,
  before?: Appointment,
  unshared: Unshared = [],
): { link: EventLink } => ({
  link: {
    calendarKey: calendar.key,
    calendarId: calendar.calendarId,
    connectGeneration: calendar.connectGeneration,
    eventId: event.id,
    ...(event.recurringEventId !== undefined && { recurringEventId: event.recurringEventId }),
    ...(before?.link?.idGeneration !== undefined && { idGeneration: before.link.idGeneration }),
    ...(before?.kind !== 'booking' && whoseItIs(event)),
    ...(before?.link && whatItWasTold(before.link, event)),
    ...(before?.kind === 'booking' && untoldStill(before.link, unshared)),
    observed: { etag: event.etag, updated: event.updated },
  },
});

/** Of what is not shared, what the event was never told: the rest is still to be taken from it. */
export const untoldStill = (link: EventLink | undefined, unshared: Unshared): Pick<EventLink, 'untold'> => {
  const untold = unshared.filter((part) => link?.untold?.includes(part));
  return untold.length > 0 ? { untold } : {};
};

const whoseItIs = ({ confidential, mark }: CalendarEvent): Partial<EventLink> => ({
  ...(confidential && { confidential }),
  ...(mark !== undefined && { marked: true }),
});

/**
 * What was being sent has come true or never will, once there is a newer version: the write was for that one alone. Which of our lines
 * came through, that version shows.
 */
export const whatItWasTold = (
  link: EventLink,
  event: CalendarEvent,
): Pick<EventLink, 'footer' | 'sent' | 'deleting'> => {
  const { footer = '', sent, deleting, observed } = link;
  if (observed?.etag === event.etag) {
    return { ...(footer !== '' && { footer }), ...(sent && { sent }), ...(deleting && { deleting }) };
  }
  const shown = footerShown(link, event);
  return shown === '' ? {} : { footer: shown };
};

/** Which of the lines that it has been told, or may have been, an event shows. */
export const footerShown = ({ footer = '', sent }: EventLink, { description }: CalendarEvent): string => {
  const lines = [footer, ...everSent(sent).map((one) => one.footer)];
  return footerIn(description, lines) ?? (lines.includes('') ? '' : footer);
};

/** The latest first. */
export const everSent = (sent: Sent | undefined): Sent[] => (sent === undefined ? [] : [sent, ...(sent.earlier ?? [])]);

const triesRemembered = 3;

/** No answer came to those before, and whoever shows an older version may lag behind [F49]. */
export const sentAfter = (before: Sent | undefined, { fields, footer }: Sent): Sent => {
  const earlier = everSent(before)
    .map(({ earlier: _earlier, ...one }) => one)
    .filter((one) => !sameFields(one.fields, fields) || one.footer !== footer)
    .slice(0, triesRemembered);
  return { fields, footer, ...(earlier.length > 0 && { earlier }) };
};

/** Another version of its event: no more than that it lies in this calendar now can a reader see of it. */
export const seenIn = (
  appointment: Appointment,
  calendar: Pick<Calendar, 'key'>,
  { now, chainId }: { now: Instant; chainId: ChainId },
): Appointment =>
  isMovedByPerson(appointment, calendar)
    ? moved(appointment, { updatedAt: now, provenance: { actor: 'google', reason: 'move', chainId } })
    : kept(appointment);

/** A person has moved it in Google; it is not our own move whose answer was lost. */
const isMovedByPerson = ({ status, sync, link }: Appointment, { key }: Pick<Calendar, 'key'>): boolean =>
  status === 'confirmed' &&
  link !== undefined &&
  link.calendarKey !== key &&
  !(sync.state === 'pending' && sync.target.calendarKey === key);

/** A pending push goes where a person has moved the event, unless we were about to move it ourselves. */
export const followed = (next: Appointment, { link: before }: Appointment): Appointment => {
  const { sync, link } = next;
  if (sync.state !== 'pending' || link === undefined || sync.target.calendarKey !== before?.calendarKey) return next;
  return { ...next, sync: { ...sync, target: { calendarKey: link.calendarKey, calendarId: link.calendarId } } };
};

export const recreated = (appointment: Appointment, now: Written): Appointment => withNextId(moved(appointment, now));

/** The next event has the next id: Google never frees the id of one that it has deleted [F53]. */
export const withNextId = (appointment: Appointment): Appointment => {
  const { link, base: _base, edits: _edits, ...rest } = appointment;
  if (link === undefined) throw new Error('There was no event to make anew');
  const { calendarKey, calendarId, connectGeneration } = link;
  const idGeneration = (link.idGeneration ?? 0) + 1;
  return {
    ...rest,
    link: {
      calendarKey,
      calendarId,
      connectGeneration,
      idGeneration,
      eventId: eventIdFor(appointment.id, idGeneration),
    },
    sync: pendingStill(appointment, { key: calendarKey, calendarId }, appointment.updatedAt),
  };
};

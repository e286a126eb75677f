/** What an event must be told, and the appointment as each step of the push leaves it. Pure. */

import { footerOf } from '../decision/booking-text.ts';
import { differing, fieldGroups, sameFields } from '../decision/compare.ts';
import { isInDispute, toldMeanwhile } from '../decision/dispute.ts';
import { contentOf } from '../decision/event-content.ts';
import {
  agreed,
  kept,
  sentAfter,
  type Unshared,
  untoldStill,
  whatItWasTold,
  withNextId,
} from '../decision/sync-state.ts';
import type { Appointment, EventLink, FieldGroup, OwnedFields, Pending } from '../domain/appointment.ts';
import type { Calendar } from '../domain/calendar.ts';
import type { CalendarEvent, EventContent } from '../domain/calendar-event.ts';
import { eventIdFor } from '../domain/derived-ids.ts';
import { hour, type Instant, plusMs } from '../domain/instant.ts';
import { type Settings, unsharedIn } from '../domain/settings.ts';

/** What an event has been told; `version`: of the appointment of which that is all. */
export type Said = { fields: OwnedFields; footer: string; untold: Unshared; version?: number };

export const saidNow = (appointment: Appointment, settings: Settings): Said => {
  const { fields, version } = appointment;
  return { fields, footer: footerFor(appointment, settings), untold: untoldOf(appointment, settings), version };
};

const untoldOf = ({ kind }: Appointment, settings: Settings): Unshared =>
  kind === 'block' ? [] : unsharedIn(settings);

/**
 * A new event says what was planned, even when the booking has been changed since: an insert whose answer was lost meets
 * its own event, and in other words than it remembers that would look like an edit of Google's [F49].
 */
export const saidByPlan = (appointment: Appointment, settings: Settings): Said => {
  const now = saidNow(appointment, settings);
  const fields = appointment.base ?? now.fields;
  const footer = appointment.link?.footer ?? '';
  return sameFields(fields, now.fields) && footer === now.footer ? now : { fields, footer, untold: now.untold };
};

export const newContent = ({ kind }: Appointment, { fields, footer }: Said, settings: Settings): EventContent =>
  contentOf(toldFields({ kind, fields }, settings), footer, fieldGroups);

/** What an event must be told that says `theirs` now; undefined when nothing. */
export const changedContent = (
  appointment: Appointment,
  theirs: OwnedFields,
  settings: Settings,
): EventContent | undefined => {
  const footer = footerFor(appointment, settings);
  const groups = new Set<FieldGroup>(differing(appointment.fields, theirs));
  if (footer !== (appointment.link?.footer ?? '')) groups.add('notes');
  for (const part of untoldOf(appointment, settings)) if (isStillThere(appointment, part)) groups.add(part);
  return groups.size === 0 ? undefined : contentOf(toldFields(appointment, settings), footer, [...groups]);
};

/** A part that is shared no more: what Google was told of it goes. */
const isStillThere = ({ fields, link }: Appointment, part: Unshared[number]): boolean =>
  fields[part] !== undefined && !link?.untold?.includes(part);

const toldFields = ({ kind, fields }: Pick<Appointment, 'kind' | 'fields'>, { shared }: Settings): OwnedFields => {
  if (kind === 'block') return fields;
  const { location, notes, ...rest } = fields;
  return {
    ...rest,
    ...(shared.location && location !== undefined && { location }),
    ...(shared.notes && notes !== undefined && { notes }),
  };
};

const footerFor = ({ kind, details }: Appointment, { shared }: Settings): string =>
  kind === 'booking' ? footerOf(details, shared) : '';

/** Written before the insert, so that after a crash the retry meets its own event and knows what it was to say. */
export const planned = (
  appointment: Appointment,
  { target }: Pending,
  connectGeneration: number,
  { fields, ...said }: Said,
): Appointment => {
  const idGeneration = appointment.link?.idGeneration ?? 1;
  return {
    ...kept(appointment),
    base: fields,
    link: {
      ...target,
      connectGeneration,
      idGeneration,
      eventId: eventIdFor(appointment.id, idGeneration),
      ...(appointment.link?.sent && { sent: appointment.link.sent }), // By an insert under the same id, of which nobody has heard.
      ...told(said),
    },
  };
};

/** Written before an event is changed: what Google has now, and what it is being told, should the answer be lost. */
export const sending = (
  appointment: Appointment,
  { fields, footer, untold }: Said,
  { event, theirs }: { event: CalendarEvent; theirs: OwnedFields },
): Appointment => {
  const { untold: _untold, ...place } = linkOf(appointment);
  const link = { ...place, ...untoldStill(appointment.link, untold) };
  const sent = sentAfter(link.observed?.etag === event.etag ? link.sent : undefined, { fields, footer });
  return { ...kept(appointment), base: theirs, link: { ...seenAgain(link, event), sent } };
};

/** Written before an event is deleted: should the answer be lost, that it is gone may be our own doing. */
export const deleting = (appointment: Appointment, event: CalendarEvent): Appointment => ({
  ...kept(appointment),
  link: { ...seenAgain(linkOf(appointment), event), deleting: true },
});

const linkOf = ({ link }: Appointment): EventLink => {
  if (link === undefined) throw new Error('An event is to be changed that had not been planned');
  return link;
};

const seenAgain = (link: EventLink, event: CalendarEvent): EventLink => {
  const { footer: _footer, sent: _sent, deleting: _deleting, ...place } = link;
  return { ...place, ...whatItWasTold(link, event), observed: { etag: event.etag, updated: event.updated } };
};

const told = ({ footer, untold }: Pick<Said, 'footer' | 'untold'>): Partial<EventLink> => ({
  ...(footer !== '' && { footer }),
  ...(untold.length > 0 && { untold }),
});

/** Google has taken what it was told. What has been changed since, its place included, is still to be pushed. */
export const written = (appointment: Appointment, said: Said, event: CalendarEvent): Appointment => {
  const { footer, untold, version } = said;
  const { link, sync } = appointment;
  if (link === undefined) throw new Error('An event was written that had not been planned');
  const { footer: _footer, untold: _untold, sent, deleting, ...place } = link;
  const observed = { etag: event.etag, updated: event.updated };
  const isAsItWas = link.observed?.etag === event.etag; // There was nothing to say to what may be no more.
  const unheard = isAsItWas && { ...(sent && { sent }), ...(deleting && { deleting }) };
  const next = { ...kept(appointment), link: { ...place, ...told({ footer, untold }), ...unheard, observed } };
  const isToMove = sync.state === 'pending' && sync.target.calendarKey !== link.calendarKey;
  if (appointment.version === version && !isToMove) return agreed(next);
  return isInDispute(appointment)
    ? { ...next, sync: toldMeanwhile(appointment, said.fields) }
    : { ...next, base: said.fields };
};

/** Google has deleted the event. Whoever has decided to keep it meanwhile gets another. */
export const deleted = (latest: Appointment, { version }: Appointment): Appointment => {
  if (latest.version === version) return agreed(kept(latest));
  if (isInDispute(latest)) return { ...kept(latest), sync: toldMeanwhile(latest, 'gone') };
  return latest.status === 'confirmed' ? withNextId(kept(latest)) : kept(latest);
};

/** It lies in this calendar from now on; `next` says whether a reader sees that. */
export const relinked = (
  next: Appointment,
  { key, calendarId }: Pick<Calendar, 'key' | 'calendarId'>,
  { etag, updated }: CalendarEvent,
): Appointment => {
  const { link } = next;
  if (link === undefined) throw new Error('An event was moved that had not been planned');
  const { deleting: _deleting, ...place } = link;
  return { ...next, link: { ...place, calendarKey: key, calendarId, observed: { etag, updated } } };
};

const firstPauseMs = 1 * hour;
const longestPauseMs = 24 * hour;

/** Nothing comes of it for now, as far as we know: it waits, longer each time, and holds up nothing else. */
export const parked = (appointment: Appointment, pending: Pending, reason: string, now: Instant): Appointment => {
  const notBefore = plusMs(now, pauseMs(pending.attempts));
  return { ...kept(appointment), sync: { ...pending, attempts: pending.attempts + 1, notBefore, reason } };
};

const pauseMs = (attempts: number): number => Math.min(firstPauseMs * 2 ** attempts, longestPauseMs);

/** When the last attempt failed, if one did. */
export const parkedAt = ({ attempts, notBefore }: Pending): Instant | undefined =>
  attempts === 0 ? undefined : plusMs(notBefore, -pauseMs(attempts - 1));

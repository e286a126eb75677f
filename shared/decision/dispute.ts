/**
 * An appointment in dispute, whose event may have been told something for a decision that was taken back. That is not Google's own word:
 * until a person decides again, each part of it is in dispute as it was before.
 */
import type { Appointment, EventLink, FieldGroup, OwnedFields, SideState, SyncState } from '../domain/appointment.ts';
import type { Calendar } from '../domain/calendar.ts';
import type { CalendarEvent } from '../domain/calendar-event.ts';
import type { ConflictId } from '../domain/ids.ts';
import type { Instant } from '../domain/instant.ts';
import { baseOf } from './base.ts';
import { fieldGroups, isSame, sameFields, sameSide } from './compare.ts';
import { combine } from './merge.ts';
import { momentsOf } from './moments.ts';
import { asShared, besideBase, type Context, type Live, type NotThere } from './sides.ts';
import { everSent, pendingStill } from './sync-state.ts';

type Dispute = Extract<SyncState, { state: 'conflict' }>;
export type InDispute = Appointment & { sync: Dispute };

export const isInDispute = (appointment: Appointment): appointment is InDispute =>
  appointment.sync.state === 'conflict';

/** `theirs`: Google's side of it. `has`: what Google has, by its own word or ours. */
export const disputeOver = (conflictId: ConflictId, theirs: SideState, has: SideState): Dispute => ({
  state: 'conflict',
  conflictId,
  theirs,
  ...(!sameSide(has, theirs) && { told: has }),
});

export const hasNow = ({ theirs, told }: Dispute): SideState => told ?? theirs;

/** Google has taken what it was told, of an event that no person has deleted since. */
export const toldMeanwhile = (appointment: InDispute, said: SideState): Dispute => {
  const { conflictId, theirs } = appointment.sync;
  return isOnItsWay(appointment) ? disputeOver(conflictId, theirs, said) : appointment.sync;
};

/** We have sent a deletion, and nobody has heard the answer. An event that is shown, as a free one is, has not been deleted. */
export const mayBeOurDeletion = ({ link }: Appointment, { event }: { event?: CalendarEvent }): boolean =>
  event === undefined && link?.deleting === true;

/** What Google shows as far as it is its own word. `isNews`: the review item does not say so yet. */
export type OwnWord = { theirs: Live | NotThere; isNews: boolean };

export const ownWordOf = (appointment: InDispute, shown: Live | NotThere, context: Context): OwnWord =>
  'translated' in shown ? wordIn(appointment, shown, context) : absenceOf(appointment, shown);

const absenceOf = (appointment: InDispute, shown: NotThere): OwnWord => {
  const { theirs, told } = appointment.sync;
  const isOurs = mayBeOurDeletion(appointment, shown) || (told === 'gone' && shown.event === undefined);
  return isOurs ? { theirs: { ...shown, told: 'gone' }, isNews: false } : { theirs: shown, isNews: theirs !== 'gone' };
};

const wordIn = (appointment: InDispute, shown: Live, context: Context): OwnWord => {
  const { theirs, told } = appointment.sync;
  const has = shown.translated.fields;
  const ours = partsOfOurs(appointment, has, context);
  if (theirs === 'gone' && ours.length > 0) return { theirs: { ...shown, told: has }, isNews: false };
  const known = theirs === 'gone' ? has : asShared(appointment, theirs, context);
  const own = combine((part) => (ours.includes(part) ? known : has));
  const translated = { ...shown.translated, fields: own, ...momentsOf(own) };
  const word = besideBase(agreedBefore(appointment, ours), { event: shown.event, translated }, context);
  const isOverTold = told !== undefined && told !== 'gone' && ours.length < fieldGroups.length;
  const isNews = theirs === 'gone' || isOverTold || !sameFields(own, known);
  return { theirs: { ...word, ...(!sameFields(own, has) && { told: has }) }, isNews };
};

/** An event that was made anew is ours as a whole, or not at all. */
const partsOfOurs = (appointment: InDispute, has: OwnedFields, context: Context): FieldGroup[] => {
  const ours = wordsOfOurs(appointment).map((said) => asShared(appointment, said, context));
  if (appointment.sync.theirs === 'gone') return ours.some((said) => sameFields(said, has)) ? [...fieldGroups] : [];
  return fieldGroups.filter((part) => ours.some((said) => isSame(part, said, has)));
};

const wordsOfOurs = (appointment: InDispute): OwnedFields[] => {
  const { told } = appointment.sync;
  const sent = isOnItsWay(appointment) ? everSent(appointment.link?.sent).map(({ fields }) => fields) : [];
  return told === undefined || told === 'gone' ? sent : [told, ...sent];
};

/** What a person has said over what it was told is a change of that. What it may have been told is no part of Google's own word. */
const agreedBefore = (appointment: InDispute, ours: FieldGroup[]): Appointment => {
  const { base: _base, link, ...rest } = appointment;
  const { theirs, told } = appointment.sync;
  const base = baseOf(appointment);
  if (told === 'gone') return { ...rest, ...(link && { link }) };
  const agreed = told === undefined ? base : combine((part) => (base && ours.includes(part) ? base : told));
  return { ...rest, ...(agreed && { base: agreed }), ...(link && { link: theirs === 'gone' ? link : unsent(link) }) };
};

const unsent = ({ sent: _sent, ...link }: EventLink): EventLink => link;

/** Once a person has deleted the event, our earlier writes no longer count; those to one that was made anew still do. */
const isOnItsWay = ({ sync: { theirs, told = 'gone' }, link }: InDispute): boolean =>
  theirs !== 'gone' || told !== 'gone' || link?.observed === undefined;

/** `told`: what the event says, where `next` has been decided by Google's own word: what is not in dispute any more is told. */
export const besideTold = (
  next: Appointment,
  told: SideState | undefined,
  { calendar, now }: { calendar: Calendar; now: Instant },
): Appointment => {
  if (isInDispute(next)) {
    const { conflictId, theirs } = next.sync;
    return { ...next, sync: disputeOver(conflictId, theirs, told ?? theirs) };
  }
  if (told === undefined || told === 'gone') return next;
  return { ...next, base: told, sync: pendingStill(next, calendar, now) };
};

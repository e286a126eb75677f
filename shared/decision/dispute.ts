/**
 * An appointment in dispute, whose event may have been told something for a decision that was taken back. That is not Google's own word:
 * until a person decides again, each part of it is in dispute as it was before.
 */
import type { Appointment, OwnedFields, SideState, SyncState } from '../domain/appointment.ts';
import type { Calendar } from '../domain/calendar.ts';
import type { ConflictId } from '../domain/ids.ts';
import type { Instant } from '../domain/instant.ts';
import { isSame, sameFields, sameSide } from './compare.ts';
import { combine } from './merge.ts';
import { momentsOf } from './moments.ts';
import { besideBase, type Context, sideOf, type Theirs } from './sides.ts';
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

type Shown = Exclude<Theirs, { side: 'unreadable' }>;

/** `told`: what Google shows, where that is not its own word. `isNews`: its side of the dispute is another now. */
export type OwnWord = { theirs: Shown; told?: SideState; isNews: boolean };

export const ownWordOf = (appointment: InDispute, shown: Shown, context: Context): OwnWord => {
  const has = 'translated' in shown ? shown.translated.fields : 'gone';
  const own = saidByItself(appointment, has);
  const isNews = !sameSide(own, appointment.sync.theirs);
  if (sameSide(own, has)) return { theirs: besideWhatMadeIt(appointment, shown, context), isNews };
  if (own === 'gone' || !('translated' in shown)) return { theirs: shown, told: has, isNews };
  const translated = { ...shown.translated, fields: own, ...momentsOf(own) };
  const theirs = besideBase(appointment, { event: shown.event, translated }, context);
  return { theirs: { ...theirs, told: shown.translated.fields }, told: has, isNews };
};

/** An event that was made anew is a change of what it was made with. */
const besideWhatMadeIt = (appointment: InDispute, shown: Shown, context: Context): Shown => {
  const { theirs, told } = appointment.sync;
  const isMadeAnew = theirs === 'gone' && told !== undefined && told !== 'gone';
  return isMadeAnew && 'translated' in shown ? besideBase({ ...appointment, base: told }, shown, context) : shown;
};

const saidByItself = (appointment: InDispute, has: SideState): SideState => {
  const { theirs, told } = appointment.sync;
  if (has === 'gone') return told === 'gone' || appointment.link?.deleting ? theirs : has;
  const ours = wordsOfOurs(appointment);
  if (theirs === 'gone') return ours.some((said) => sameFields(said, has)) ? theirs : has;
  return combine((part) => (ours.some((said) => isSame(part, said, has)) ? theirs : has));
};

const wordsOfOurs = (appointment: InDispute): OwnedFields[] => {
  const { told } = appointment.sync;
  const sent = isOnItsWay(appointment) ? everSent(appointment.link?.sent).map(({ fields }) => fields) : [];
  return told === undefined || told === 'gone' ? sent : [told, ...sent];
};

/** Of an event that a person has deleted, what we had to say came before that; the one made anew is yet to be seen. */
const isOnItsWay = ({ sync, link }: InDispute): boolean => sync.theirs !== 'gone' || link?.observed === undefined;

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
  if (told === undefined || told === 'gone' || sameSide(sideOf(next), told)) return next;
  return { ...next, base: told, sync: pendingStill(next, calendar, now) };
};

/** What both sides of a conflict have, and what the appointment would say if either had its way. */
import { hasNow, isInDispute } from '../decision/dispute.ts';
import { mergeFields } from '../decision/merge.ts';
import { sideOf } from '../decision/sides.ts';
import type { Appointment, FieldGroup, SideState } from '../domain/appointment.ts';
import type { Conflict } from '../domain/conflict.ts';
import { type Instant, instantAt } from '../domain/instant.ts';
import type { ConflictPolicy } from '../domain/settings.ts';

/** What Google has of an appointment that waits for nobody, as far as we have seen: of an event that is planned, nothing. */
export const knownInGoogle = ({ base, status, fields, link }: Appointment): SideState =>
  link?.observed === undefined ? 'gone' : (base ?? (status === 'confirmed' ? fields : 'gone'));

/** May something be decided for it without passing over what another review item, or an unreadable event, holds? */
export const isFree = ({ sync }: Appointment): boolean => sync.state === 'synced' || sync.state === 'pending';

/** What Google has, which after an undo need not be its side of the dispute. Undefined when the item is not about how they stand now. */
export const inGoogle = (appointment: Appointment, { id, kind }: Conflict): SideState | undefined => {
  if (kind === 'overlap') return isFree(appointment) ? knownInGoogle(appointment) : undefined;
  return isInDispute(appointment) && appointment.sync.conflictId === id ? hasNow(appointment.sync) : undefined;
};

export type Outcomes = Record<'google' | 'bookedbarber', SideState>;

/** Of an overlap: it stays where it is, or goes back to where, or whether, it was. */
export const outcomesOf = (appointment: Appointment, conflict: Conflict): Outcomes => {
  const ours = sideOf(appointment);
  if (conflict.kind === 'overlap') return { google: ours, bookedbarber: putBack(ours, conflict) };
  const { base, theirs } = conflict;
  if (ours === 'gone' || theirs === 'gone' || base === undefined) return { google: theirs, bookedbarber: ours };
  const won = (policy: ConflictPolicy) => mergeFields({ base, ours, theirs }, { ...undated, policy }).fields;
  return { google: won('google_wins'), bookedbarber: won('bookedbarber_wins') };
};

/** The parts that a person decides about. What only one side has changed stays, whichever way that goes [R2]. */
export const disputedIn = (appointment: Appointment, { kind, base, theirs }: Conflict): FieldGroup[] => {
  const ours = sideOf(appointment);
  if (kind !== 'fields' || ours === 'gone' || theirs === 'gone' || base === undefined) return [];
  return mergeFields({ base, ours, theirs }, { ...undated, policy: 'merge' }).disputed;
};

/** Where the policy names the winner, it does not matter which edit came first. */
const anyTime = instantAt(0);
const undated = { oursAt: (): Instant => anyTime, theirsAt: anyTime };

/** Only the times are in dispute: a text that was changed along with them stays [R2]. */
const putBack = (now: SideState, { base }: Conflict): SideState => {
  if (base === undefined || now === 'gone') return 'gone';
  const { allDay, start, end, timeZone } = base;
  return { ...now, allDay, start, end, timeZone };
};

/** A block's event is the barber's own, and not ours to delete; a deletion in Google may be accepted. */
export const isForbidden = ({ kind, status }: Appointment, conflict: Conflict, wanted: SideState): boolean =>
  conflict.kind === 'overlap' && kind === 'block' && status === 'confirmed' && wanted === 'gone';

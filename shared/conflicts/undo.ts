/** Takes a decision back: the review item is open again, and the appointment as it was before. */

import { fingerprintOf, isSame } from '../decision/compare.ts';
import { combine } from '../decision/merge.ts';
import { moved, type Written } from '../decision/sync-state.ts';
import type { Appointment, EventLink, OwnedFields } from '../domain/appointment.ts';
import type { Conflict, Resolution, SideState } from '../domain/conflict.ts';
import type { PersonsStamp } from './resolve.ts';
import { settle } from './settle.ts';
import { isFree, knownInGoogle, sideOf } from './sides.ts';

/**
 * - `not_resolved`: there is no decision to take back.
 * - `changed_since`: the appointment is not as the decision left it, or something newer about it waits for a person.
 */
export type Undone =
  | { kind: 'undone'; appointment: Appointment; conflict: Conflict }
  | { kind: 'refused'; because: 'not_resolved' | 'changed_since' };

export const undone = (appointment: Appointment, conflict: Conflict, { now, chainId }: PersonsStamp): Undone => {
  const { resolution, ...open } = conflict;
  if (resolution === undefined) return { kind: 'refused', because: 'not_resolved' };
  const isAsLeft = fingerprintOf(sideOf(appointment)) === resolution.left;
  if (!isAsLeft || isPartedFrom(appointment, conflict) || !isFree(appointment))
    return { kind: 'refused', because: 'changed_since' };
  const written: Written = { updatedAt: now, provenance: { actor: 'user', reason: 'undo', chainId } };
  const goBack = conflict.kind === 'overlap' ? putBack : disputeAgain;
  return {
    kind: 'undone',
    appointment: goBack(appointment, { ...open, resolution }, written),
    conflict: { ...open, status: 'open', revision: conflict.revision + 1, updatedAt: now },
  };
};

/** The event that the dispute was about is another account's by now. */
const isPartedFrom = ({ link }: Appointment, { kind }: Conflict): boolean => kind !== 'overlap' && link === undefined;

/** Part by part: of what Google still says the dispute is the same, and what it has been told is what both last agreed on. */
const baseAgain = (had: OwnedFields, theirs: SideState, base: OwnedFields | undefined): OwnedFields | undefined => {
  if (fingerprintOf(had) === fingerprintOf(theirs)) return base;
  if (theirs === 'gone' || base === undefined) return had;
  return combine((part) => (isSame(part, had, theirs) ? base : had));
};

type Decided = Conflict & { resolution: Resolution };

/** It goes back in both places; what was accepted is there already. */
const putBack = (appointment: Appointment, { resolution }: Decided, written: Written): Appointment =>
  settle(appointment, { wanted: sideOf(resolution.before), theirs: knownInGoogle(appointment) }, written);

/**
 * Google keeps what it has until a person decides again. Unless it has heard of the decision, that is still the side in
 * question, and the base is what it was: the dispute is the very same. Where Google has been told our side, nothing differs
 * until then, so there is no base: with one, the next listing would take the difference for settled.
 */
const disputeAgain = (appointment: Appointment, { id, theirs, resolution }: Decided, written: Written): Appointment => {
  const { status, fields, startsAt, endsAt, edits, base } = resolution.before;
  const { base: _base, edits: _edits, link, ...rest } = moved(appointment, written);
  const had = knownInGoogle(appointment);
  const isEven = fingerprintOf(had) === fingerprintOf(sideOf(resolution.before));
  const from = had === 'gone' ? base : baseAgain(had, theirs, base);
  const mayCome = appointment.sync.state === 'pending' && { underWay: stillUnderWay(resolution) };
  return {
    ...rest,
    ...{ status, fields, startsAt, endsAt },
    ...(edits && { edits }),
    ...(from && !isEven && { base: from }),
    ...(link && { link: { ...link, ...beingSent(appointment, link, from ?? fields) } }),
    sync: { state: 'conflict', conflictId: id, theirs: fingerprintOf(had), ...mayCome },
  };
};

/** What this decision left, and those that had been taken back before it. */
const stillUnderWay = ({ left, before: { sync } }: Resolution): string[] => [
  ...new Set([left, ...((sync.state === 'conflict' && sync.underWay) || [])]),
];

/** Once it is there, it is agreed on: a new event as a whole, of a change what Google did not have already. */
const beingSent = (
  decided: Appointment,
  { sent, observed, footer = '' }: EventLink,
  base: OwnedFields,
): Pick<EventLink, 'sent'> => {
  const had = knownInGoogle(decided);
  if (observed === undefined) return decided.status === 'confirmed' ? { sent: { fields: decided.fields, footer } } : {};
  if (sent === undefined || had === 'gone') return {};
  return { sent: { ...sent, fields: combine((part) => (isSame(part, sent.fields, had) ? base : sent.fields)) } };
};

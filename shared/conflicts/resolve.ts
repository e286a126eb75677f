/** What a person's decision makes of the appointment and its review item; both are written in one transaction. */

import { differing, fingerprintOf, isSame } from '../decision/compare.ts';
import { settle } from '../decision/settle.ts';
import { sideOf } from '../decision/sides.ts';
import { moved, type Written } from '../decision/sync-state.ts';
import type { Appointment, OwnedFields, Settlement, SideState } from '../domain/appointment.ts';
import type { Choice, Conflict } from '../domain/conflict.ts';
import type { ChainId, UserId } from '../domain/ids.ts';
import type { Instant } from '../domain/instant.ts';
import { inGoogle, isForbidden, type Outcomes, outcomesOf } from './sides.ts';

/** `values`: the whole content of the appointment. */
export type PersonsDecision = { choice: Exclude<Choice, 'merged'> } | { choice: 'merged'; values: OwnedFields };

/** When, by whom and because of which request. */
export type PersonsStamp = { now: Instant; chainId: ChainId; userId: UserId };

export type Resolved =
  | { kind: 'resolved'; appointment: Appointment; conflict: Conflict }
  /** The same decision again: there is nothing to write. */
  | { kind: 'repeated' }
  | Refused;

/**
 * - `closed`: it has been decided otherwise, or both sides have come to agree.
 * - `stale`: the item no longer describes how the appointment and its event stand to each other.
 * - `foreign_block`: the barber's own event is not ours to delete.
 */
export type Refused = { kind: 'refused'; because: 'closed' | 'stale' | 'foreign_block' };

/** For anything but a mass change, which does not have two sides: see held.ts. */
export const resolved = (
  appointment: Appointment,
  conflict: Conflict,
  decision: PersonsDecision,
  stamp: PersonsStamp,
): Resolved => {
  if (conflict.kind === 'mass_change') throw new Error('A mass change is released or discarded');
  if (conflict.status !== 'open') return isRepeat(conflict, decision) ? { kind: 'repeated' } : refused('closed');
  const outcomes = outcomesOf(appointment, conflict);
  const wanted = decision.choice === 'merged' ? decision.values : outcomes[decision.choice];
  const theirs = inGoogle(appointment, conflict);
  if (theirs === undefined) return refused('stale');
  if (isForbidden(appointment, conflict, wanted)) return refused('foreign_block');

  const settled: Settlement = { policy: 'person', theirs, chosen: chosenBy(wanted, outcomes) };
  const { now: updatedAt, chainId } = stamp;
  const written: Written = { updatedAt, provenance: { actor: 'user', reason: 'resolve', chainId, settled } };
  const stays = conflict.kind === 'overlap' && decision.choice === 'google'; // A pending push stays pending.
  const next = stays ? moved(appointment, written) : settle(appointment, { wanted, theirs }, written);
  return {
    kind: 'resolved',
    appointment: next,
    conflict: { ...closed(conflict, decision.choice, { before: appointment, next }, stamp), ours: sideOf(appointment) },
  };
};

const refused = (because: Refused['because']): Refused => ({ kind: 'refused', because });

const isRepeat = ({ resolution }: Conflict, decision: PersonsDecision): boolean =>
  resolution?.choice === decision.choice &&
  (decision.choice !== 'merged' || resolution.left === fingerprintOf(decision.values));

/** Whose value each part in dispute has now. */
const chosenBy = (wanted: SideState, { google, bookedbarber }: Outcomes): Settlement['chosen'] => {
  if (google === 'gone' && bookedbarber === 'gone') return wanted === 'gone' ? {} : { status: 'merged' };
  if (google === 'gone' || bookedbarber === 'gone' || wanted === 'gone') {
    return { status: (wanted === 'gone') === (google === 'gone') ? 'google' : 'bookedbarber' };
  }
  const whose = (group: Parameters<typeof isSame>[0]): Choice => {
    if (isSame(group, wanted, google)) return 'google';
    return isSame(group, wanted, bookedbarber) ? 'bookedbarber' : 'merged';
  };
  return Object.fromEntries(differing(google, bookedbarber).map((group) => [group, whose(group)]));
};

/** `next`: the appointment as the decision has left it. */
export const closed = (
  conflict: Conflict,
  choice: Choice,
  { before, next }: { before: Appointment; next: Appointment },
  { now, userId }: PersonsStamp,
): Conflict => ({
  ...conflict,
  status: 'resolved',
  revision: conflict.revision + 1,
  updatedAt: now,
  resolution: { choice, at: now, by: userId, left: fingerprintOf(sideOf(next)), before },
});

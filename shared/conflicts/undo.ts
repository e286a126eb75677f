/** Takes a decision back: the review item is open again, and the appointment as it was before. */
import { fingerprintOf } from '../decision/compare.ts';
import { disputeOver } from '../decision/dispute.ts';
import { settle } from '../decision/settle.ts';
import { sideOf } from '../decision/sides.ts';
import { moved, sentAfter, type Written } from '../decision/sync-state.ts';
import type { Appointment, EventLink } from '../domain/appointment.ts';
import type { Conflict, Resolution } from '../domain/conflict.ts';
import type { PersonsStamp } from './resolve.ts';
import { isFree, knownInGoogle } from './sides.ts';

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

type Decided = Conflict & { resolution: Resolution };

/** It goes back in both places; what was accepted is there already. */
const putBack = (appointment: Appointment, { resolution }: Decided, written: Written): Appointment =>
  settle(appointment, { wanted: sideOf(resolution.before), theirs: knownInGoogle(appointment) }, written);

/** The dispute is the very same. Google keeps what it has, which may be what it was told, until a person decides again. */
const disputeAgain = (appointment: Appointment, { id, theirs, resolution }: Decided, written: Written): Appointment => {
  const { status, fields, startsAt, endsAt, edits, base } = resolution.before;
  const { base: _base, edits: _edits, link, ...rest } = moved(appointment, written);
  return {
    ...rest,
    ...{ status, fields, startsAt, endsAt },
    ...(edits && { edits }),
    ...(base && { base }),
    ...(link && { link: { ...link, ...beingMade(appointment, link) } }),
    sync: disputeOver(id, theirs, knownInGoogle(appointment)),
  };
};

/** A new event that nobody has seen yet may come. */
const beingMade = (
  { status, fields }: Appointment,
  { sent, observed, footer = '' }: EventLink,
): Pick<EventLink, 'sent'> =>
  status === 'confirmed' && observed === undefined ? { sent: sentAfter(sent, { fields, footer }) } : {};

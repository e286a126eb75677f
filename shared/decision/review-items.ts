/** Review items as they open, change and close by themselves. What a person makes of them is in conflicts/. */
import type { Appointment } from '../domain/appointment.ts';
import type { Conflict } from '../domain/conflict.ts';
import { conflictIdOf } from '../domain/derived-ids.ts';
import type { AppointmentId, CalendarKey, ConflictId } from '../domain/ids.ts';
import { baseOf } from './base.ts';
import { isSame } from './compare.ts';
import type { Disputed } from './decision.ts';
import { conflictIdFor, type Stamp } from './next-appointment.ts';

/** Further edits bring the open item up to date; they do not pile up. */
export const disputeItem = (
  decision: Disputed,
  calendarKey: CalendarKey,
  stamp: Stamp,
  open: Conflict | undefined,
): Conflict => {
  const { appointment, about, theirs, theirsAt } = decision;
  const base = decision.base ?? baseOf(appointment);
  return {
    ...(open ?? opened(conflictIdFor(appointment), appointment, calendarKey, stamp)),
    revision: (open?.revision ?? 0) + 1,
    updatedAt: stamp.now,
    kind: about,
    ...(base !== undefined && { base }),
    ours: appointment.status === 'cancelled' ? 'gone' : appointment.fields,
    theirs,
    theirsAt,
  };
};

/** Both sides have come to agree, or can be settled, without a person. */
export const agreedItem = (open: Conflict, { now }: Stamp): Conflict => ({
  ...open,
  revision: open.revision + 1,
  updatedAt: now,
  status: 'agreed',
});

/** An appointment as it is now, and as it was before this change. */
export type Changed = { now: Appointment; before: Appointment | undefined };
export type Overlap = Changed & { other: Appointment };

/** One item for each two that overlap: further changes bring it up to date. */
export const overlapIdOf = (a: Appointment, b: Appointment): ConflictId =>
  conflictIdOf('overlap', ...[a.id, b.id].sort());

/** `now` has come in and is applied. Undefined when the stored item says so already, or a person has accepted it so. */
export const overlapItem = (
  { now, before, other }: Overlap,
  calendarKey: CalendarKey,
  stamp: Stamp,
  stored: Conflict | undefined,
): Conflict | undefined => {
  const isAccepted = stored?.status === 'resolved' && stored.resolution?.choice === 'google';
  if (stored !== undefined && (isAccepted || stored.status === 'open') && isAbout(stored, now, other)) return undefined;
  const open = stored?.status === 'open' && stored.appointmentId === now.id ? stored : undefined;
  const was = open?.base ?? (before?.status === 'confirmed' ? before.fields : undefined);
  return {
    ...opened(overlapIdOf(now, other), now, calendarKey, stamp),
    ...(open && { openedAt: open.openedAt, chainId: open.chainId }),
    revision: (stored?.revision ?? 0) + 1,
    kind: 'overlap',
    ...(was !== undefined && { base: was }),
    ours: was ?? 'gone',
    theirs: now.fields,
    theirsAt: stamp.now,
    other: { appointmentId: other.id, fields: other.fields },
  };
};

/** Does the item have both where they are now, whichever of them came second? */
const isAbout = ({ theirs, other: stored, appointmentId }: Conflict, now: Appointment, other: Appointment): boolean => {
  if (theirs === 'gone' || stored === undefined) return false;
  const [first, second] = appointmentId === now.id ? [now, other] : [other, now];
  return isSame('times', theirs, first.fields) && isSame('times', stored.fields, second.fields);
};

/** One item for all that one listing would have cancelled or moved; `stored`: what there is of it already. */
export const massChangeItem = (
  id: ConflictId,
  held: Appointment[],
  calendarKey: CalendarKey,
  stamp: Stamp,
  stored: Conflict | undefined,
): Conflict => {
  const [first] = held;
  if (first === undefined) throw new Error('Nothing is held');
  const open = stored?.status === 'open' ? stored : undefined;
  const ids: AppointmentId[] = [...(open?.held ?? []), ...held.map((appointment) => appointment.id)];
  return {
    ...(open ?? {
      ...opened(id, first, calendarKey, stamp),
      kind: 'mass_change',
      ours: first.fields,
      theirs: 'gone',
      theirsAt: stamp.now,
    }),
    revision: (stored?.revision ?? 0) + 1,
    updatedAt: stamp.now,
    held: [...new Set(ids)],
  };
};

const opened = (id: ConflictId, appointment: Appointment, calendarKey: CalendarKey, { now, chainId }: Stamp) => ({
  id,
  userId: appointment.userId,
  calendarKey,
  appointmentId: appointment.id,
  status: 'open' as const,
  revision: 1,
  openedAt: now,
  updatedAt: now,
  chainId,
});

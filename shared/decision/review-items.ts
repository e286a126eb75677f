/** Review items as they open, change and close by themselves. What a person makes of them is in conflicts/. */
import type { Appointment } from '../domain/appointment.ts';
import type { Conflict } from '../domain/conflict.ts';
import { conflictIdOf } from '../domain/derived-ids.ts';
import type { AppointmentId, CalendarKey, ConflictId } from '../domain/ids.ts';
import { baseOf } from './base.ts';
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
  const base = baseOf(appointment);
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

/** Both sides have come to the same, or to what can be settled, without a person. */
export const agreedItem = (open: Conflict, { now }: Stamp): Conflict => ({
  ...open,
  revision: open.revision + 1,
  updatedAt: now,
  status: 'agreed',
});

/** `changed` has come in and is applied; `before` is what it was. The same two at the same times are the same item. */
export const overlapItem = (
  { changed, before, other }: { changed: Appointment; before: Appointment | undefined; other: Appointment },
  calendarKey: CalendarKey,
  stamp: Stamp,
): Conflict => {
  const pair = [changed, other].map(({ id, startsAt, endsAt }) => `${id} ${startsAt} ${endsAt}`).sort();
  return {
    ...opened(conflictIdOf('overlap', ...pair), changed, calendarKey, stamp),
    kind: 'overlap',
    ...(before?.status === 'confirmed' && { base: before.fields }),
    ours: before?.status === 'confirmed' ? before.fields : 'gone',
    theirs: changed.fields,
    theirsAt: stamp.now,
    other: { appointmentId: other.id, fields: other.fields },
  };
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

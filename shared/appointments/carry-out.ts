/** One decision → what is written: the appointment, and with it the review item or the quarantine that it calls for. */

import type { Decision } from '../decision/decision.ts';
import { type Change, type Look, nextAppointment, openConflictOf } from '../decision/next-appointment.ts';
import { agreedItem, disputeItem, massChangeItem } from '../decision/review-items.ts';
import { untilToldInFull } from '../decision/told-as-shared.ts';
import type { Appointment } from '../domain/appointment.ts';
import type { Calendar } from '../domain/calendar.ts';
import type { Conflict } from '../domain/conflict.ts';
import { RetryLater } from '../domain/errors.ts';
import type { ConflictId } from '../domain/ids.ts';
import type { Shared } from '../domain/settings.ts';
import type { AppointmentStore, ConflictStore, Quarantine } from '../ports.ts';
import { withUntold } from './restored.ts';

export type CarryOutDeps = {
  appointments: AppointmentStore;
  conflicts: ConflictStore;
  quarantine: Quarantine;
};

/** In which calendar the event lies; `shared`: what Google is told of bookings. */
export type At = { calendar: Calendar; stamp: Look; shared: Shared };

/** `conflict`: the appointment has changed since the decision was made. */
export type CarriedOut = { kind: 'done' } | { kind: 'saved'; appointment: Appointment } | { kind: 'conflict' };

export const carryOut = async (deps: CarryOutDeps, at: At, decision: Decision): Promise<CarriedOut> => {
  switch (decision.kind) {
    case 'nothing':
    case 'stale':
    case 'parked':
      return { kind: 'done' };
    case 'park-event':
    case 'park-appointment':
      await deps.quarantine.park(at.calendar.key, decision.eventId, decision.reason, at.stamp.now);
      return decision.kind === 'park-event' ? { kind: 'done' } : save(deps, at, decision);
    case 'push':
      return isWaiting(decision) ? { kind: 'done' } : save(deps, at, decision);
    default:
      return save(deps, at, decision);
  }
};

/** It already waits for the push, and Google shows no version that is new to us. */
const isWaiting = ({ appointment, event, settled }: Extract<Decision, { kind: 'push' }>): boolean =>
  settled === undefined && appointment.sync.state === 'pending' && appointment.link?.observed?.etag === event.etag;

const save = async (deps: CarryOutDeps, at: At, change: Change): Promise<CarriedOut> => {
  const before = 'appointment' in change ? change.appointment : undefined;
  const next = nextAppointment(change, at.calendar, at.stamp);
  const restored = change.kind === 'restore' ? withUntold(next, change.appointment, at) : next;
  const appointment = untilToldInFull(restored, at.shared, at.calendar, at.stamp.now);
  const conflict = await conflictBeside(deps, at, change, before);
  const kind = await deps.appointments.save(appointment, { before, conflict });
  return kind === 'saved' ? { kind, appointment } : { kind };
};

/** The review item that opens, is brought up to date, or closes because there is nothing left to decide. */
const conflictBeside = async (
  { conflicts }: CarryOutDeps,
  { calendar, stamp }: At,
  change: Change,
  before: Appointment | undefined,
): Promise<Conflict | undefined> => {
  if (change.kind === 'note' && change.inReview) return undefined;
  const openId = before && openConflictOf(before);
  const open = before && openId && (await conflicts.load(before.userId, openId));
  if (change.kind === 'conflict') return disputeItem(change, calendar.key, stamp, open);
  return open && agreedItem(open, stamp);
};

const attempts = 3;

/** The item before the marks: a mark without an item could never be released. */
export const noteMassChange = async (
  { conflicts }: CarryOutDeps,
  { conflictId, held, calendar, stamp }: Omit<At, 'shared'> & { conflictId: ConflictId; held: Appointment[] },
): Promise<void> => {
  for (let attempt = 1; attempt <= attempts; attempt++) {
    const stored = await conflicts.load(calendar.userId, conflictId);
    const item = massChangeItem(conflictId, held, calendar.key, stamp, stored);
    if ((await conflicts.save(item)) === 'saved') return;
  }
  throw new RetryLater('A review item kept changing while it was being written');
};

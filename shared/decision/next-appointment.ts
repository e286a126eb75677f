/** The appointment as a decision leaves it: what is written, whole, in one conditional write. */
import type { Appointment, OwnedFields, Provenance } from '../domain/appointment.ts';
import type { Calendar } from '../domain/calendar.ts';
import type { CalendarEvent } from '../domain/calendar-event.ts';
import { blockIdOf, conflictIdOf } from '../domain/derived-ids.ts';
import type { ChainId, ConflictId } from '../domain/ids.ts';
import type { Instant } from '../domain/instant.ts';
import { sameFields } from './compare.ts';
import type { Decision } from './decision.ts';
import { besideTold } from './dispute.ts';
import type { Merged } from './merge.ts';
import {
  agreed,
  followed,
  inLine,
  keepBase,
  linked,
  moved,
  pendingStill,
  recreated,
  seenIn,
  type Unshared,
  type Written,
} from './sync-state.ts';
import type { Translated } from './translate.ts';

/** The decisions that write an appointment. */
export type Change = Exclude<Decision, { kind: 'nothing' | 'stale' | 'parked' | 'park-event' }>;

/** When and because of what it is written. */
export type Stamp = { now: Instant; chainId: ChainId };

/** `unshared`: the parts of a booking that the settings keep from Google, so that what it shows says nothing of them. */
export type Look = Stamp & { unshared?: Unshared };

export const nextAppointment = (change: Change, calendar: Calendar, stamp: Look): Appointment => {
  const next = changed(change, calendar, stamp);
  if (!('appointment' in change)) return next;
  const told = 'told' in change ? change.told : undefined;
  return followed(besideTold(next, told, { calendar, now: stamp.now }), change.appointment);
};

const changed = (change: Change, calendar: Calendar, stamp: Look): Appointment => {
  switch (change.kind) {
    case 'create':
      return {
        id: change.id ?? blockIdOf(calendar.key, change.event.id),
        userId: calendar.userId,
        kind: 'block',
        version: 1,
        revision: 1,
        ...written(change, stamp),
        sync: { state: 'synced' },
        ...asInGoogle(change.event, change.translated, calendar),
      };
    case 'update':
      return inLine({
        ...moved(change.appointment, written(change, stamp)),
        ...asInGoogle(change.event, change.translated, calendar, change.appointment, stamp.unshared),
      });
    case 'restore':
      return agreed({
        ...moved(change.appointment, written(change, stamp)),
        ...asInGoogle(change.event, change.translated, calendar, change.appointment, stamp.unshared),
      });
    case 'note':
      return noted(change, calendar, stamp);
    case 'push':
      return pushed(change, calendar, stamp);
    case 'merge':
      return merged(change, calendar, stamp);
    case 'cancel':
      return agreed({
        ...moved(change.appointment, written(change, stamp)),
        status: 'cancelled',
        ...(change.event && linked(change.event, calendar, change.appointment, stamp.unshared)),
      });
    case 'recreate':
      return recreated(change.appointment, written(change, stamp));
    case 'conflict':
      return disputed(change, calendar, stamp);
    case 'hold':
      return {
        ...moved(change.appointment, written(change, stamp)),
        ...baseOrKept(change),
        ...(change.event && linked(change.event, calendar, change.appointment, stamp.unshared)),
        sync: { state: 'held', conflictId: change.conflictId },
      };
    case 'park-appointment':
      return {
        ...moved(change.appointment, written(change, stamp)),
        ...keepBase(change.appointment),
        sync: { state: 'quarantined', reason: change.reason },
      };
  }
};

type Of<Kind extends Change['kind']> = Extract<Change, { kind: Kind }>;
const written = (change: Change, { now, chainId }: Stamp): Written => ({
  updatedAt: now,
  provenance: provenanceOf(change, chainId),
});

const provenanceOf = (change: Change, chainId: ChainId): Provenance => ({
  actor: 'google',
  reason: change.kind,
  chainId,
  ...('settled' in change && { settled: change.settled }),
});

const noted = ({ appointment, event, inReview }: Of<'note'>, calendar: Calendar, stamp: Look): Appointment => {
  const { sync } = appointment;
  const link = event && linked(event, calendar, appointment, stamp.unshared);
  if (inReview) return { ...seenIn(appointment, calendar, stamp), ...link, ...inReview };
  if (sync.state === 'pending' || sync.state === 'synced') {
    const next = { ...seenIn(appointment, calendar, stamp), ...link };
    return appointment.status === 'cancelled' ? agreed(next) : inLine(next);
  }
  const over: Written = {
    updatedAt: stamp.now,
    provenance: { actor: 'google', reason: 'agree', chainId: stamp.chainId },
  };
  return agreed({ ...moved(appointment, over), ...link });
};

const pushed = (change: Of<'push'>, calendar: Calendar, stamp: Look): Appointment => {
  const { appointment, event, translated, settled } = change;
  const isSeen = settled === undefined && appointment.sync.state === 'pending';
  const next = isSeen ? seenIn(appointment, calendar, stamp) : moved(appointment, written(change, stamp));
  return {
    ...next,
    ...linked(event, calendar, appointment, stamp.unshared),
    base: translated.fields,
    sync: isSeen ? appointment.sync : pendingStill(appointment, calendar, stamp.now),
  };
};

const merged = (change: Of<'merge'>, calendar: Calendar, stamp: Look): Appointment => {
  const { appointment, event, translated, merged: outcome } = change;
  const next: Appointment = {
    ...moved(appointment, written(change, stamp)),
    ...linked(event, calendar, appointment, stamp.unshared),
    fields: outcome.fields,
    ...timesOf(outcome, appointment, translated),
  };
  if (sameFields(outcome.fields, translated.fields)) return inLine(next);
  return { ...next, base: translated.fields, sync: pendingStill(appointment, calendar, stamp.now) };
};

const timesOf = ({ timesFrom }: Merged, ours: Appointment, theirs: Translated) => {
  const { startsAt, endsAt } = timesFrom === 'google' ? theirs : ours;
  return { startsAt, endsAt };
};

const disputed = (change: Of<'conflict'>, calendar: Calendar, stamp: Look): Appointment => {
  const { appointment, event, theirs } = change;
  const conflictId = openConflictOf(appointment) ?? conflictIdFor(appointment);
  return {
    ...moved(appointment, written(change, stamp)),
    ...baseOrKept(change),
    ...(event && linked(event, calendar, appointment, stamp.unshared)),
    sync: { state: 'conflict', conflictId, theirs },
  };
};

/** As the event shows it: what it was told, or not told, is not remembered beside a newer version (`linked`). */
const baseOrKept = ({ base, appointment }: Of<'hold' | 'conflict'>): { base?: OwnedFields } =>
  base === undefined ? keepBase(appointment) : { base };

export const openConflictOf = ({ sync }: Appointment): ConflictId | undefined =>
  sync.state === 'conflict' ? sync.conflictId : undefined;

/** Named by the version that it arises from, so that a retry opens the same one. */
export const conflictIdFor = ({ id, version }: Appointment): ConflictId => conflictIdOf(id, `${version}`);

const asInGoogle = (
  event: CalendarEvent,
  { fields, startsAt, endsAt }: Translated,
  calendar: Calendar,
  before?: Appointment,
  unshared?: Unshared,
) => ({
  status: 'confirmed' as const,
  fields,
  startsAt,
  endsAt,
  ...linked(event, calendar, before, unshared),
});

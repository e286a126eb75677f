/** Review items of every kind, as the sync opens them, with the appointment in question. */
import fc from 'fast-check';
import type { PersonsStamp } from '../../../shared/conflicts/resolve.ts';
import { differing } from '../../../shared/decision/compare.ts';
import { momentsOf } from '../../../shared/decision/moments.ts';
import type { Appointment, OwnedFields, SideState } from '../../../shared/domain/appointment.ts';
import type { Conflict, ConflictKind } from '../../../shared/domain/conflict.ts';
import { asId } from '../../../shared/domain/ids.ts';
import { hour, minute, plusMs } from '../../../shared/domain/instant.ts';
import { anAppointment, calendarKey, now, userId } from '../../support/samples.ts';

export type Dispute = { appointment: Appointment; conflict: Conflict };

export const conflictId = asId<Conflict['id']>('conflict-1');
export const stamp: PersonsStamp = { now: plusMs(now, 5 * minute), chainId: asId('chain-7'), userId };

export const fieldsAt = (clock: string, text: Partial<OwnedFields> = {}): OwnedFields => ({
  title: 'Fade – Sam',
  allDay: false,
  start: `2026-03-03T${clock}:00-05:00`,
  end: `2026-03-03T${String(Number(clock.slice(0, 2)) + 1).padStart(2, '0')}${clock.slice(2)}:00-05:00`,
  timeZone: 'America/New_York',
  ...text,
});

const link = { ...anAppointment().link, idGeneration: 1, observed: { etag: '"1"', updated: now } } as NonNullable<
  Appointment['link']
>;

export const agreedOn = fieldsAt('10:00');

type Sides = { kind: ConflictKind; base?: OwnedFields | undefined; ours: SideState; theirs: SideState };

export const aDispute = ({ kind, base = agreedOn, ours, theirs }: Sides, more: Partial<Appointment> = {}): Dispute => {
  const fields = ours === 'gone' ? base : ours;
  const appointment = anAppointment({
    kind: 'booking',
    status: ours === 'gone' ? 'cancelled' : 'confirmed',
    fields,
    ...momentsOf(fields),
    base,
    edits: { times: plusMs(now, -1 * hour) },
    link,
    sync: { state: 'conflict', conflictId, theirs },
    version: 4,
    revision: 9,
    ...more,
  });
  return { appointment, conflict: aConflict({ kind, base, ours, theirs, appointmentId: appointment.id }) };
};

export const aConflict = (overrides: Partial<Conflict> = {}): Conflict => ({
  id: conflictId,
  userId,
  calendarKey,
  kind: 'fields',
  status: 'open',
  revision: 1,
  openedAt: now,
  updatedAt: now,
  chainId: asId('chain-1'),
  appointmentId: anAppointment().id,
  base: agreedOn,
  ours: fieldsAt('11:00'),
  theirs: fieldsAt('12:00'),
  theirsAt: now,
  ...overrides,
});

/** A change in Google that is applied already; without a base, the appointment is new. */
export const anOverlap = (from: OwnedFields | undefined, to: OwnedFields, more: Partial<Appointment> = {}): Dispute => {
  const {
    base: _base,
    edits: _edits,
    ...appointment
  } = aDispute({ kind: 'overlap', ours: to, theirs: to }).appointment;
  const { base: _conflictBase, ...conflict } = aConflict({ kind: 'overlap', ours: to, theirs: to });
  return {
    appointment: { ...appointment, sync: { state: 'synced' }, ...more },
    conflict: { ...conflict, ...(from && { base: from }) },
  };
};

const anyClock = fc.constantFrom('08:00', '09:30', '13:00', '16:00');
export const anyFields: fc.Arbitrary<OwnedFields> = fc
  .record({
    clock: anyClock,
    text: fc.record(
      {
        title: fc.constantFrom('Fade – Sam', 'Shave – Kim', 'Cut'),
        location: fc.constantFrom('Main St', 'Elm St'),
        notes: fc.constantFrom('Bring card', 'Quiet chair'),
      },
      { requiredKeys: [] },
    ),
  })
  .map(({ clock, text }) => fieldsAt(clock, text));

const twoThatDiffer = fc.tuple(anyFields, anyFields).filter(([ours, theirs]) => differing(ours, theirs).length > 0);

/** Disputes of two sides: of what a person must decide before anything happens. */
export const anyDispute: fc.Arbitrary<Dispute> = fc.oneof(
  twoThatDiffer.map(([ours, theirs]) => aDispute({ kind: 'fields', ours, theirs })),
  anyFields.map((ours) => aDispute({ kind: 'deleted_in_google', ours, theirs: 'gone' })),
  anyFields.map((theirs) => aDispute({ kind: 'deleted_in_bookedbarber', ours: 'gone', theirs })),
);

export const anyOverlap: fc.Arbitrary<Dispute> = fc
  .tuple(fc.option(anyFields, { nil: undefined }), anyFields)
  .map(([from, to]) => anOverlap(from, to));

/** People on both sides, a push whose answer may be lost, and a replica that lags: whatever they do, both sides come to agree. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fieldGroups } from '../../../shared/decision/compare.ts';
import { decide } from '../../../shared/decision/decide.ts';
import { contentOf } from '../../../shared/decision/event-content.ts';
import { nextAppointment, type Stamp } from '../../../shared/decision/next-appointment.ts';
import { readTheirs } from '../../../shared/decision/sides.ts';
import { agreed, keepBase, kept, linked, moved, pendingAt, pendingStill } from '../../../shared/decision/sync-state.ts';
import type { Appointment, OwnedFields } from '../../../shared/domain/appointment.ts';
import type { CalendarEvent, EventChange } from '../../../shared/domain/calendar-event.ts';
import { type Instant, minute, plusMs } from '../../../shared/domain/instant.ts';
import { conflictPolicies, type Settings } from '../../../shared/domain/settings.ts';
import { changedContent, saidNow, sending, written } from '../../../shared/push/push-plan.ts';
import { aBookedEvent, aBooking, aCalendar, aContext, anAppointment, anEvent, now } from '../../support/samples.ts';

const context = aContext();
const stamp: Stamp = { now, chainId: anAppointment().provenance.chainId };
const seen = anEvent().updated;

/** Both sides, the pull and the push, in as few words as the rules need. Times are minutes since the event was last seen. */
type World = { event: CalendarEvent; isDeleted: boolean; isUnreadable: boolean; ours: Appointment; minutes: number };
type Step =
  | { kind: 'edit-ours'; edit: Partial<OwnedFields> }
  | { kind: 'edit-theirs'; edit: Partial<OwnedFields> }
  | { kind: 'cancel-ours' | 'delete-theirs' | 'touch-theirs' | 'spoil-theirs' | 'pull' | 'pull-stale' }
  | { kind: 'push'; isAnswerLost: boolean }
  | { kind: 'insist' };

const calendar = aCalendar();
const wordOf = (minutes: number, settings: Partial<Settings>) => {
  const at = plusMs(now, minutes * minute);
  return { context: aContext({ now: at, settings }), stamp: { ...stamp, now: at } };
};

const changeIn = ({ event, isDeleted, isUnreadable }: World): EventChange => {
  if (isDeleted) return { kind: 'deleted', id: event.id };
  return isUnreadable ? { kind: 'unreadable', id: event.id, reason: 'No end' } : { kind: 'event', event };
};

const editedEvent = (event: CalendarEvent, edit: Partial<OwnedFields>, minutes: number): CalendarEvent => {
  const groups = fieldGroups.filter((group) => (group === 'times' ? 'start' in edit : group in edit));
  const { times, ...texts } = contentOf({ ...aBooking().fields, ...edit }, '', groups);
  return { ...event, ...texts, ...times, etag: `"${minutes}"`, updated: plusMs(now, minutes * minute) };
};

/** That Google must still hear of it is bookkeeping. */
const visible = ({ status, fields, startsAt, endsAt, sync }: Appointment) => {
  const isInHand = sync.state === 'synced' || sync.state === 'pending';
  return { status, fields, startsAt, endsAt, sync: isInHand ? 'in hand' : sync };
};

const carriedOut = (world: World, change: EventChange, settings: Partial<Settings>): Appointment => {
  const { context, stamp } = wordOf(world.minutes, settings);
  const decision = decide(world.ours, change, context);
  if (
    decision.kind === 'nothing' ||
    decision.kind === 'stale' ||
    decision.kind === 'parked' ||
    decision.kind === 'park-event'
  )
    return world.ours;
  const next = nextAppointment(decision, calendar, stamp);
  expect(next.revision).toBe(world.ours.revision + 1);
  if (next.version === world.ours.version) expect(visible(next)).toEqual(visible(world.ours));
  if (next.sync.state === 'synced') expect(next).not.toHaveProperty('base');
  return next;
};

const pushedTo = (world: World, isAnswerLost: boolean, settings: Partial<Settings>): World => {
  const { ours, event, minutes } = world;
  if (ours.sync.state !== 'pending') return world;
  const { context } = wordOf(minutes, settings);
  if (ours.link?.observed === undefined) {
    const id = ours.link?.eventId ?? event.id;
    if (ours.status === 'cancelled') return { ...world, ours: agreed(kept(ours)) };
    const made = editedEvent({ ...aBookedEvent(), id }, { location: '', notes: '', ...ours.fields }, minutes);
    const link = { ...linked(made, calendar, ours) };
    return { ...world, event: made, isDeleted: false, isUnreadable: false, ours: { ...agreed(kept(ours)), ...link } };
  }
  const decision = decide(ours, changeIn(world), context);
  const isToTell =
    (decision.kind === 'push' && decision.settled === undefined) || ['nothing', 'note'].includes(decision.kind);
  if (!isToTell) return { ...world, ours: carriedOut(world, changeIn(world), settings) };
  if (ours.status === 'cancelled') {
    return { ...world, isDeleted: true, ours: isAnswerLost ? ours : agreed(kept(ours)) };
  }
  const theirs = readTheirs(ours, changeIn(world), context);
  if (!('translated' in theirs)) return world;
  const said = saidNow(ours, context.settings);
  const content = changedContent(ours, theirs.translated.fields, context.settings);
  if (content === undefined) return { ...world, ours: written(ours, said, event) };
  const noted = sending(ours, said, { event, theirs: theirs.translated.fields });
  const { times, ...texts } = content;
  const told = { ...event, ...texts, ...times, etag: `"${minutes}"`, updated: context.now };
  return { ...world, event: told, ours: isAnswerLost ? noted : written(noted, said, told) };
};

const localEdit = (ours: Appointment, edit: Partial<Appointment>, parts: string[], at: Instant): Appointment => ({
  ...moved(ours, { updatedAt: at, provenance: { ...ours.provenance, actor: 'user' } }),
  ...keepBase(ours),
  ...edit,
  edits: { ...ours.edits, ...Object.fromEntries(parts.map((part) => [part, at])) },
  sync: ['pending', 'synced'].includes(ours.sync.state) ? pendingStill(ours, calendar, at) : ours.sync,
});

const step =
  (settings: Partial<Settings>) =>
  (before: World, taken: Step): World => {
    const world = { ...before, minutes: before.minutes + 1 };
    const { ours, event, minutes } = world;
    const at = plusMs(now, minutes * minute);
    switch (taken.kind) {
      case 'edit-ours': {
        if (ours.status === 'cancelled') return world;
        const fields = { ...ours.fields, ...taken.edit };
        const parts = Object.keys(taken.edit).map((field) => (field === 'start' || field === 'end' ? 'times' : field));
        return { ...world, ours: localEdit(ours, { fields }, parts, at) };
      }
      case 'cancel-ours':
        return ours.status === 'cancelled'
          ? world
          : { ...world, ours: localEdit(ours, { status: 'cancelled' }, ['status'], at) };
      case 'edit-theirs':
        return world.isDeleted
          ? world
          : { ...world, isUnreadable: false, event: editedEvent(event, taken.edit, minutes) };
      case 'touch-theirs':
        return world.isDeleted ? world : { ...world, isUnreadable: false, event: editedEvent(event, {}, minutes) };
      case 'delete-theirs':
        return { ...world, isDeleted: true };
      case 'spoil-theirs':
        return { ...world, isUnreadable: true };
      case 'pull':
        return { ...world, ours: carriedOut(world, changeIn(world), settings) };
      case 'pull-stale': {
        const stale = aBookedEvent({ updated: plusMs(seen, -1 * minute), summary: 'Stale' });
        expect(['nothing', 'stale']).toContain(
          ours.link?.observed && ours.link.eventId === stale.id
            ? decide(ours, { kind: 'event', event: stale }, wordOf(minutes, settings).context).kind
            : 'nothing',
        );
        return world;
      }
      case 'push':
        return pushedTo(world, taken.isAnswerLost, settings);
      case 'insist':
        return ours.sync.state !== 'conflict'
          ? world
          : {
              ...world,
              ours: {
                ...moved(ours, { ...ours, updatedAt: at }),
                sync: { ...pendingAt(calendar, at), prefer: 'bookedbarber' },
              },
            };
    }
  };

const drained = (world: World, settings: Partial<Settings>): World =>
  Array.from({ length: 5 }, (): Step[] => [{ kind: 'pull' }, { kind: 'push', isAnswerLost: false }])
    .flat()
    .reduce(step(settings), world);

const start: World = { event: aBookedEvent(), isDeleted: false, isUnreadable: false, ours: aBooking(), minutes: 0 };
const anyPolicy = fc.constantFrom(...conflictPolicies);
const anyTitle = fc.record({ title: fc.constantFrom('A', 'B', 'C') });
const anyPlace = fc.record({ location: fc.constantFrom('A', 'B') });
const anyNotes = fc.record({ notes: fc.constantFrom('A', 'B') });
const anyTimes = fc.constantFrom(
  { start: '2026-03-03T12:00:00-05:00', end: '2026-03-03T13:00:00-05:00' },
  { start: '2026-03-03T14:00:00-05:00', end: '2026-03-03T15:00:00-05:00' },
);
const anyWork = fc.oneof(
  fc.constant<Step>({ kind: 'pull' }),
  fc.constant<Step>({ kind: 'pull-stale' }),
  fc.constant<Step>({ kind: 'touch-theirs' }),
  fc.boolean().map((isAnswerLost): Step => ({ kind: 'push', isAnswerLost })),
);
const editOf = (kind: 'edit-ours' | 'edit-theirs', edits: fc.Arbitrary<Partial<OwnedFields>>) =>
  edits.map((edit): Step => ({ kind, edit }));
const anyEdit = fc.oneof(anyTitle, anyPlace, anyNotes, anyTimes);
const anyStep = fc.oneof(
  { arbitrary: anyWork, weight: 3 },
  { arbitrary: editOf('edit-ours', anyEdit), weight: 2 },
  { arbitrary: editOf('edit-theirs', anyEdit), weight: 2 },
  fc.constantFrom<Step[]>(
    { kind: 'cancel-ours' },
    { kind: 'delete-theirs' },
    { kind: 'spoil-theirs' },
    { kind: 'insist' },
  ),
);

describe('whatever happens on both sides', () => {
  test('[R1][R4] once all is pulled and pushed both agree, or a person is asked, and nothing is left to decide', () => {
    fc.assert(
      fc.property(anyPolicy, fc.array(anyStep, { maxLength: 14 }), (conflictPolicy, steps) => {
        const left = drained(steps.reduce(step({ conflictPolicy }), start), { conflictPolicy });
        const { ours, event, isDeleted, isUnreadable } = left;
        expect(['synced', 'conflict', ...(isUnreadable ? ['quarantined'] : [])]).toContain(ours.sync.state);
        if (ours.sync.state === 'synced' && !isUnreadable) {
          expect(ours.status).toBe(isDeleted ? 'cancelled' : 'confirmed');
          if (!isDeleted) expect(readTheirs(ours, { kind: 'event', event }, context).side).toBe('same');
        }
        expect(drained(left, { conflictPolicy }).ours).toEqual(ours);
      }),
      { numRuns: 500 },
    );
  });

  /** What each side has said last of the parts that it edits. */
  const lastWords = (steps: Step[]): Partial<OwnedFields> =>
    Object.assign({}, ...steps.map((taken) => ('edit' in taken ? taken.edit : {})));
  const disjoint = fc.array(
    fc.oneof(
      { arbitrary: anyWork, weight: 2 },
      editOf('edit-ours', fc.oneof(anyTitle, anyPlace)),
      editOf('edit-theirs', fc.oneof(anyNotes, anyTimes)),
    ),
    { maxLength: 12 },
  );

  /** See the gap below. */
  test('[R2][F49] edits of different parts all come to stay, on both sides, and nobody is asked', () => {
    const policies = fc.constantFrom(...conflictPolicies.filter((policy) => policy !== 'manual'));
    fc.assert(
      fc.property(policies, disjoint, (conflictPolicy, steps) => {
        const { ours } = drained(steps.reduce(step({ conflictPolicy }), start), { conflictPolicy });
        expect(ours.sync).toEqual({ state: 'synced' });
        expect(ours.fields).toMatchObject(lastWords(steps));
      }),
      { numRuns: 500 },
    );
  });

  test('[R2][F49] a push whose answer was lost is no rival of what we edit next', () => {
    const steps: Step[] = [
      { kind: 'edit-ours', edit: { location: 'A' } },
      { kind: 'push', isAnswerLost: true },
      { kind: 'edit-ours', edit: { location: 'B' } },
      { kind: 'edit-theirs', edit: { notes: 'Cash only' } },
    ];
    const { ours } = drained(steps.reduce(step({}), start), {});
    expect(ours.fields).toMatchObject({ location: 'B', notes: 'Cash only' });
  });
});

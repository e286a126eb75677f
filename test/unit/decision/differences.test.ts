import { describe, expect, test } from 'vitest';
import { fieldGroups } from '../../../shared/decision/compare.ts';
import { decide } from '../../../shared/decision/decide.ts';
import type { Decision } from '../../../shared/decision/decision.ts';
import { conflictIdFor } from '../../../shared/decision/next-appointment.ts';
import { pendingAt } from '../../../shared/decision/sync-state.ts';
import type {
  Appointment,
  FieldGroup,
  OwnedFields,
  Pending,
  SideState,
  SyncState,
} from '../../../shared/domain/appointment.ts';
import type { CalendarEvent, EventChange } from '../../../shared/domain/calendar-event.ts';
import { minute, plusMs } from '../../../shared/domain/instant.ts';
import { type ConflictPolicy, conflictPolicies } from '../../../shared/domain/settings.ts';
import { aBookedEvent, aBooking, aCalendar, aContext, now } from '../../support/samples.ts';

/** Each side's edits: ours at `edited`; what Google has, in its words and in ours. */
const base = aBooking().fields;
const edited = plusMs(now, -10 * minute);
const earlier = plusMs(edited, -1 * minute);
const later = plusMs(edited, 1 * minute);
const ourEdits: Record<FieldGroup, Partial<OwnedFields>> = {
  title: { title: 'Beard trim' },
  location: { location: 'Chair 2' },
  notes: { notes: 'Short' },
  times: { start: '2026-03-03T12:00:00-05:00', end: '2026-03-03T13:00:00-05:00' },
};
const theirEdits: Record<FieldGroup, Partial<CalendarEvent>> = {
  title: { summary: 'Shave' },
  location: { location: 'Chair 3' },
  notes: { description: 'Long' },
  times: { start: { kind: 'date', date: '2026-03-04' }, end: { kind: 'date', date: '2026-03-05' } },
};

const pending = pendingAt(aCalendar(), edited);
const preferred: Pending = { ...pending, prefer: 'bookedbarber' };
const weEdited = (group: FieldGroup, sync: Appointment['sync'] = pending): Appointment =>
  aBooking({ base, fields: { ...base, ...ourEdits[group] }, edits: { [group]: edited }, updatedAt: edited, sync });
const weCancelled = (sync: Appointment['sync'] = pending): Appointment =>
  aBooking({ base, status: 'cancelled', edits: { status: edited }, updatedAt: edited, sync });
const theyEdited = (group: FieldGroup, updated = later): EventChange => ({
  kind: 'event',
  event: aBookedEvent({ ...theirEdits[group], etag: '"2"', updated }),
});
const deleted: EventChange = { kind: 'deleted', id: aBookedEvent().id };
const decided = (appointment: Appointment, change: EventChange, conflictPolicy: ConflictPolicy = 'merge'): Decision =>
  decide(appointment, change, aContext({ settings: { conflictPolicy } }));

type Whose = 'google' | 'bookedbarber' | 'person';
type Winners = Record<ConflictPolicy, Record<'ours later' | 'theirs later', Whose>>;
const always = (whose: Whose) => ({ 'ours later': whose, 'theirs later': whose });
const byTime = { 'ours later': 'bookedbarber', 'theirs later': 'google' } as const;
const ofText: Winners = {
  merge: byTime,
  google_wins: always('google'),
  bookedbarber_wins: always('bookedbarber'),
  latest_wins: byTime,
  manual: always('person'),
};
const ofTimes: Winners = { ...ofText, merge: always('person') };
const winners: Record<FieldGroup, Winners> = { title: ofText, location: ofText, notes: ofText, times: ofTimes };
const orders = ['ours later', 'theirs later'] as const;
const everyCase = conflictPolicies.flatMap((policy) => orders.map((order) => ({ policy, order })));

describe('the same part changed on both sides', () => {
  const cases = everyCase.flatMap((one) =>
    fieldGroups.map((group) => ({ ...one, group, winner: winners[group][one.policy][one.order] })),
  );

  test.each(cases)('[R2] $policy, $group, $order → $winner', ({ policy, order, group, winner }) => {
    const change = theyEdited(group, order === 'ours later' ? earlier : later);
    const decision = decided(weEdited(group), change, policy);
    if (winner === 'person') {
      expect(decision).toMatchObject({ kind: 'conflict', about: 'fields' });
      return;
    }
    expect(decision).toMatchObject({ kind: 'merge', settled: { policy, chosen: { [group]: winner } } });
  });

  test('[R12] is on record with what Google had', () => {
    const decision = decided(weEdited('title'), theyEdited('title'));
    expect(decision).toMatchObject({ settled: { theirs: { ...base, title: 'Shave' } } });
  });

  test('[R2] an edit that Google dates ahead of time is as old as our look at it', () => {
    const justNow = { ...weEdited('title'), edits: { title: plusMs(now, 1) } };
    const decision = decided(justNow, theyEdited('title', plusMs(now, 60 * minute)));
    expect(decision).toMatchObject({ settled: { chosen: { title: 'bookedbarber' } } });
  });

  test('[R2] a part whose edit has no time of its own is as old as the appointment', () => {
    const { edits: _edits, ...undated } = weEdited('title');
    expect(decided(undated, theyEdited('title', earlier))).toMatchObject({
      settled: { chosen: { title: 'bookedbarber' } },
    });
    expect(decided(undated, theyEdited('title', later))).toMatchObject({ settled: { chosen: { title: 'google' } } });
  });
});

describe('different parts changed', () => {
  const pairs = fieldGroups.flatMap((ours) =>
    fieldGroups.filter((theirs) => theirs !== ours).map((theirs) => ({ ours, theirs })),
  );

  test.each(pairs)('[R2] $ours here, $theirs there: both hold, and nobody has lost', ({ ours, theirs }) => {
    const decision = decided(weEdited(ours), theyEdited(theirs));
    expect(decision).toMatchObject({
      kind: 'merge',
      merged: {
        fields: ourEdits[ours],
        chosen: {},
        disputed: [],
        timesFrom: theirs === 'times' ? 'google' : expect.anything(),
      },
    });
  });

  test('[R2] by the policy `manual` a person decides', () => {
    expect(decided(weEdited('title'), theyEdited('notes'), 'manual').kind).toBe('conflict');
  });
});

/** A deletion bears no time of its own: it is as old as our first look at it. */
const ofDeletion: Record<ConflictPolicy, Whose> = {
  merge: 'person',
  google_wins: 'google',
  bookedbarber_wins: 'bookedbarber',
  latest_wins: 'google',
  manual: 'person',
};

describe('deleted in Google, changed here', () => {
  test.each(conflictPolicies)('[R2] %s', (policy) => {
    const decision = decided(weEdited('notes'), deleted, policy);
    const settled = (whose: Whose) => ({ policy, theirs: 'gone', chosen: { status: whose } });
    const expected: Record<Whose, object> = {
      google: { kind: 'cancel', settled: settled('google') },
      bookedbarber: { kind: 'recreate', settled: settled('bookedbarber') },
      person: { kind: 'conflict', about: 'deleted_in_google', theirs: 'gone', theirsAt: now },
    };
    expect(decision).toMatchObject(expected[ofDeletion[policy]]);
  });

  test('[F58] an untouched booking is cancelled, whoever wins by the policy', () => {
    for (const policy of conflictPolicies) expect(decided(aBooking(), deleted, policy).kind).toBe('cancel');
  });
});

describe('cancelled here, changed in Google', () => {
  const ofCancellation: Winners = { ...ofTimes };

  test.each(everyCase)('[R2] $policy, $order', ({ policy, order }) => {
    const change = theyEdited('times', order === 'ours later' ? earlier : later);
    const theirs = expect.objectContaining({ allDay: true, start: '2026-03-04' });
    const settled = (whose: Whose) => ({ policy, theirs, chosen: { status: whose } });
    const expected: Record<Whose, object> = {
      google: { kind: 'restore', settled: settled('google') },
      bookedbarber: { kind: 'push', settled: settled('bookedbarber') },
      person: { kind: 'conflict', about: 'deleted_in_bookedbarber', theirs },
    };
    expect(decided(weCancelled(), change, policy)).toMatchObject(expected[ofCancellation[policy][order]]);
  });

  test('an event that is as it was is deleted, whoever wins by the policy', () => {
    const change: EventChange = { kind: 'event', event: aBookedEvent({ updated: later }) };
    for (const policy of conflictPolicies) {
      expect(decided(weCancelled(), change, policy)).not.toHaveProperty('settled');
      expect(decided(weCancelled(), change, policy).kind).toBe('push');
    }
  });
});

describe('when a person has said that our side wins', () => {
  const byPerson = (chosen: object) => ({ policy: 'person', chosen });

  test.each(conflictPolicies)('[R2] it does, by the policy %s too', (policy) => {
    const overwrite = decided(weEdited('title', preferred), theyEdited('times'), policy);
    expect(overwrite).toMatchObject({
      kind: 'push',
      settled: byPerson({ title: 'bookedbarber', times: 'bookedbarber' }),
    });
    const anew = decided(weEdited('title', preferred), deleted, policy);
    expect(anew).toMatchObject({ kind: 'recreate', settled: byPerson({ status: 'bookedbarber' }) });
    const remove = decided(weCancelled(preferred), theyEdited('times'), policy);
    expect(remove).toMatchObject({ kind: 'push', settled: byPerson({ status: 'bookedbarber' }) });
  });

  test('[R9] even what was not changed here is put back', () => {
    const untouched = aBooking({ sync: preferred });
    expect(decided(untouched, deleted).kind).toBe('recreate');
    expect(decided(untouched, theyEdited('times')).kind).toBe('push');
  });
});

describe('a difference that waits for a person', () => {
  const waiting = (theirs: SideState): Appointment =>
    weEdited('times', { state: 'conflict', conflictId: conflictIdFor(aBooking()), theirs });
  const theirs = { ...base, allDay: true, start: '2026-03-04', end: '2026-03-05' };

  test('[R4] is raised once, and a version that says the same is noted once', () => {
    const item = waiting(theirs);
    expect(decided(item, theyEdited('times'))).toMatchObject({ kind: 'note', inReview: {}, event: { etag: '"2"' } });
    const link = item.link && { ...item.link, observed: { etag: '"2"', updated: later } };
    expect(decided({ ...item, ...(link && { link }) }, theyEdited('times'))).toEqual({ kind: 'nothing' });
    expect(decided(waiting('gone'), deleted)).toEqual({ kind: 'nothing' });
  });

  test('[R2] remembers the version of the event that it is about, if there is one', () => {
    const change = theyEdited('times');
    expect(decided(weEdited('times'), change)).toMatchObject({ kind: 'conflict', event: { etag: '"2"' } });
    expect(decided(weCancelled(), change)).toMatchObject({ kind: 'conflict', event: { etag: '"2"' } });
    expect(decided(weEdited('times'), deleted)).not.toHaveProperty('event');
  });

  test('[R2] is brought up to date when Google changes again', () => {
    const moved: EventChange = {
      kind: 'event',
      event: aBookedEvent({ ...theirEdits.times, summary: 'Shave', updated: later }),
    };
    expect(decided(waiting(theirs), moved)).toMatchObject({
      kind: 'conflict',
      theirs: { title: 'Shave' },
    });
    expect(decided(waiting(theirs), deleted)).toMatchObject({
      kind: 'conflict',
      about: 'deleted_in_google',
    });
  });

  test('[R1] is over when Google comes to say what we say', () => {
    const agreeing = { ...waiting('gone'), fields: theirs };
    expect(decided(agreeing, theyEdited('times')).kind).toBe('note');
  });

  test('[R1] is over when Google goes back to what was agreed on: ours is all that is new', () => {
    const back: EventChange = { kind: 'event', event: aBookedEvent({ updated: later }) };
    expect(decided(waiting(theirs), back).kind).toBe('push');
  });

  test('[R1] is over when it is deleted there as well', () => {
    expect(decided({ ...waiting(theirs), status: 'cancelled' }, deleted).kind).toBe('note');
  });

  test('[R2] is not over because Google shows what was told it before a decision was taken back', () => {
    const undone = waiting('gone');
    const sync = { ...undone.sync, told: theirs } as SyncState;
    const decision = decided({ ...undone, sync, fields: theirs }, theyEdited('times'));
    expect(decision).toMatchObject({ kind: 'note', inReview: {}, told: { start: '2026-03-04' } });
  });

  test('[R2] stays with the person, whatever the policy is by now', () => {
    for (const policy of conflictPolicies) {
      const decision = decided(waiting(theirs), theyEdited('times'), policy);
      expect(decision).toMatchObject({ kind: 'note', inReview: {} });
    }
  });

  test('[R2] is not forgotten because Google cannot be read for a while', () => {
    const unreadable: EventChange = { kind: 'unreadable', id: aBookedEvent().id, reason: 'No end' };
    expect(decided(waiting(theirs), unreadable).kind).toBe('park-event');
  });
});

describe('[R9] a change that a person has released goes without asking', () => {
  const released: Pending = { ...pending, prefer: 'google' };
  const settled = { policy: 'person' };

  const unedited = (appointment: Appointment): Appointment => ({ ...appointment, edits: {} });

  test.each(conflictPolicies)('by the policy %s', (policy) => {
    const differing = unedited(weEdited('times', released));
    expect(decided(differing, deleted, policy)).toMatchObject({ kind: 'cancel', settled });
    expect(decided(differing, theyEdited('times', earlier), policy)).toMatchObject({
      kind: 'merge',
      merged: { timesFrom: 'google', disputed: [] },
      settled: { ...settled, chosen: { times: 'google' } },
    });
    expect(decided(unedited(weCancelled(released)), theyEdited('times', earlier), policy)).toMatchObject({
      kind: 'restore',
      settled,
    });
  });

  test('[R2] unless it was edited here since: that is for the policy', () => {
    const edited = weEdited('times', released);
    expect(decided(edited, deleted, 'merge')).toMatchObject({ kind: 'conflict', about: 'deleted_in_google' });
    expect(decided(edited, deleted, 'bookedbarber_wins')).toMatchObject({ kind: 'recreate' });
    expect(decided(edited, theyEdited('times'), 'merge')).toMatchObject({ kind: 'conflict', about: 'fields' });
  });

  test('[R2] and what was changed here, and not there, still holds', () => {
    expect(decided(weEdited('title', released), theyEdited('times'), 'merge')).toMatchObject({
      kind: 'merge',
      merged: { fields: ourEdits.title, timesFrom: 'google', chosen: {} },
    });
  });
});

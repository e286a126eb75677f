import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { differing, fieldGroups, isSame } from '../../../shared/decision/compare.ts';
import { mergeFields, type Part, type Rule, type Side, type Sides, settle } from '../../../shared/decision/merge.ts';
import type { FieldGroup, OwnedFields } from '../../../shared/domain/appointment.ts';
import { minute, plusMs } from '../../../shared/domain/instant.ts';
import { type ConflictPolicy, conflictPolicies } from '../../../shared/domain/settings.ts';
import { aBooking, now } from '../../support/samples.ts';
import { anyFields } from './any-fields.ts';

const earlier = now;
const later = plusMs(now, 1 * minute);

const base = aBooking().fields;
const changes: Record<FieldGroup, { ours: Partial<OwnedFields>; theirs: Partial<OwnedFields> }> = {
  title: { ours: { title: 'Beard trim' }, theirs: { title: 'Shave' } },
  location: { ours: { location: 'Chair 2' }, theirs: { location: 'Chair 3' } },
  notes: { ours: { notes: 'Short' }, theirs: { notes: 'Long' } },
  times: {
    ours: { start: '2026-03-03T12:00:00-05:00', end: '2026-03-03T13:00:00-05:00' },
    theirs: { allDay: true, start: '2026-03-04', end: '2026-03-05' },
  },
};
const ruleOf = (policy: ConflictPolicy, newer: Side): Rule => ({
  policy,
  oursAt: () => (newer === 'bookedbarber' ? later : earlier),
  theirsAt: newer === 'google' ? later : earlier,
});

/** Who wins by each policy where both have changed the same; undefined: a person decides. */
type Winners = Record<ConflictPolicy, (newer: Side) => Side | undefined>;
const ofText: Winners = {
  merge: (newer) => newer,
  google_wins: () => 'google',
  bookedbarber_wins: () => 'bookedbarber',
  latest_wins: (newer) => newer,
  manual: () => undefined,
};
/** Of two times one client would come in vain, and what is deleted cannot be combined. */
const ofTimesAndStatus: Winners = { ...ofText, merge: () => undefined };
const winners: Record<Part, Winners> = {
  title: ofText,
  location: ofText,
  notes: ofText,
  times: ofTimesAndStatus,
  status: ofTimesAndStatus,
};

const newerSides: Side[] = ['google', 'bookedbarber'];
const everyPolicy = conflictPolicies.flatMap((policy) => newerSides.map((newer) => ({ policy, newer })));
const ofEvery = <Of extends Part>(parts: readonly Of[]) =>
  everyPolicy.flatMap((by) => parts.map((part) => ({ ...by, part, winner: winners[part][by.policy](by.newer) })));

describe('where both sides have changed the same part', () => {
  test.each(ofEvery(fieldGroups))('[R2] $policy, $part, $newer later → $winner', ({ policy, newer, part, winner }) => {
    const { ours, theirs } = changes[part];
    const sides = { base, ours: { ...base, ...ours }, theirs: { ...base, ...theirs } };
    const merged = mergeFields(sides, ruleOf(policy, newer));
    expect(merged).toStrictEqual({
      fields: winner === 'google' ? sides.theirs : sides.ours, // In dispute, ours stays as it is.
      chosen: winner === undefined ? {} : { [part]: winner },
      disputed: winner === undefined ? [part] : [],
      timesFrom: part === 'times' ? (winner ?? 'bookedbarber') : 'bookedbarber',
    });
  });

  test.each(ofEvery(['status' as const]))(
    '[R2] $policy, deleted against changed, $newer later → $winner',
    ({ policy, newer, part, winner }) => expect(settle(part, ruleOf(policy, newer))).toBe(winner),
  );

  test.each(['latest_wins', 'merge'] as const)('[R2] %s: of two changes of one moment ours stays', (policy) => {
    expect(settle('title', { policy, oursAt: () => now, theirsAt: now })).toBe('bookedbarber');
  });

  test('[R2] each part is as old as its own last edit', () => {
    const ours = { ...base, ...changes.title.ours, ...changes.notes.ours };
    const theirs = { ...base, ...changes.title.theirs, ...changes.notes.theirs };
    const rule: Rule = {
      policy: 'merge',
      oursAt: (part) => (part === 'title' ? plusMs(later, 1) : earlier),
      theirsAt: later,
    };
    expect(mergeFields({ base, ours, theirs }, rule)).toMatchObject({
      fields: { title: 'Beard trim', notes: 'Long' },
      chosen: { title: 'bookedbarber', notes: 'google' },
    });
  });
});

describe('where one side alone has changed a part', () => {
  const lone = fieldGroups.flatMap((group) => everyPolicy.map(({ policy, newer }) => ({ group, policy, newer })));
  const automatic = lone.filter(({ policy }) => policy !== 'manual');

  test.each(automatic)('[R2] its change holds: $policy, $group, $newer later', ({ group, policy, newer }) => {
    const rule = ruleOf(policy, newer);
    const ours = { ...base, ...changes[group].ours };
    const theirs = { ...base, ...changes[group].theirs };
    const nothingRivals = { chosen: {}, disputed: [] };
    const timesFrom = group === 'times' ? 'google' : 'bookedbarber';
    expect(mergeFields({ base, ours, theirs: base }, rule)).toStrictEqual({
      fields: ours,
      ...nothingRivals,
      timesFrom: 'bookedbarber',
    });
    expect(mergeFields({ base, ours: base, theirs }, rule)).toStrictEqual({
      fields: theirs,
      ...nothingRivals,
      timesFrom,
    });
  });

  test.each(fieldGroups)('[R2] by the policy `manual` a person decides on %s', (group) => {
    const theirs = { ...base, ...changes[group].theirs };
    const { disputed } = mergeFields({ base, ours: base, theirs }, ruleOf('manual', 'google'));
    expect(disputed).toEqual([group]);
  });
});

test('[R2] a text that one side has taken away stays away', () => {
  const { notes: _notes, location: _location, ...bare } = base;
  const { fields } = mergeFields(
    { base, ours: { ...bare, notes: 'Bring card' }, theirs: { ...bare, location: 'Main St 1' } },
    ruleOf('merge', 'google'),
  );
  expect(fields).toStrictEqual(bare);
});

const smallFields: fc.Arbitrary<OwnedFields> = fc
  .record({
    title: fc.constantFrom('A', 'B', 'C'),
    location: fc.option(fc.constantFrom('A', 'B'), { nil: undefined }),
    notes: fc.option(fc.constantFrom('A', '<b>A</b>', 'B'), { nil: undefined }),
    times: fc.constantFrom({}, changes.times.ours, changes.times.theirs),
  })
  .map(({ title, location, notes, times }) => {
    const { notes: _notes, location: _location, ...rest } = base;
    return {
      ...rest,
      title,
      ...(location !== undefined && { location }),
      ...(notes !== undefined && { notes }),
      ...times,
    };
  });
const fieldsLike = fc.oneof({ arbitrary: smallFields, weight: 3 }, anyFields);
const anySides = fc.record<Sides>({ base: fieldsLike, ours: fieldsLike, theirs: fieldsLike });
const anyRule = fc
  .record({ policy: fc.constantFrom(...conflictPolicies), newer: fc.constantFrom(...newerSides) })
  .map(({ policy, newer }) => ruleOf(policy, newer));

const otherSide: Record<Side, Side> = { google: 'bookedbarber', bookedbarber: 'google' };
const mirrored: Record<ConflictPolicy, ConflictPolicy> = {
  merge: 'merge',
  google_wins: 'bookedbarber_wins',
  bookedbarber_wins: 'google_wins',
  latest_wins: 'latest_wins',
  manual: 'manual',
};

describe('whatever the sides say', () => {
  const holds = (property: (sides: Sides, rule: Rule) => void) =>
    fc.assert(fc.property(anySides, anyRule, property), { numRuns: 400 });

  test('[R1] the outcome is the same when the sides change their names', () =>
    holds((sides, rule) => {
      const one = mergeFields(sides, rule);
      const other = mergeFields(
        { base: sides.base, ours: sides.theirs, theirs: sides.ours },
        { policy: mirrored[rule.policy], oursAt: () => rule.theirsAt, theirsAt: rule.oursAt('title') },
      );
      expect(other.disputed).toEqual(one.disputed);
      expect(other.chosen).toEqual(
        Object.fromEntries(Object.entries(one.chosen).map(([group, side]) => [group, otherSide[side]])),
      );
      const decided = fieldGroups.filter((group) => !one.disputed.includes(group));
      expect(differing(one.fields, other.fields).filter((group) => decided.includes(group))).toEqual([]);
    }));

  test('[R1] merging the outcome once more changes nothing', () =>
    holds((sides, rule) => {
      const { fields } = mergeFields(sides, rule);
      expect(mergeFields({ ...sides, ours: fields }, rule).fields).toEqual(fields);
      expect(mergeFields({ base: sides.theirs, ours: fields, theirs: sides.theirs }, rule).fields).toEqual(fields);
    }));

  test('[R2] no lone change is dropped', () =>
    holds((sides, rule) => {
      const { fields, disputed } = mergeFields(sides, rule);
      for (const group of fieldGroups) {
        const isOursAlone = isSame(group, sides.base, sides.theirs);
        const isTheirsAlone = isSame(group, sides.base, sides.ours);
        if (disputed.includes(group)) continue;
        if (isOursAlone) expect(isSame(group, fields, sides.ours)).toBe(true);
        if (isTheirsAlone) expect(isSame(group, fields, sides.theirs)).toBe(true);
      }
    }));

  test('[R2] only what differs is disputed, and by a policy that decides nothing is', () =>
    holds((sides, rule) => {
      const { disputed } = mergeFields(sides, rule);
      expect(differing(sides.ours, sides.theirs)).toEqual(expect.arrayContaining(disputed));
      if (rule.policy.endsWith('_wins')) expect(disputed).toEqual([]);
      if (rule.policy === 'merge') expect(disputed.filter((group) => group !== 'times')).toEqual([]);
    }));

  test('[R2] no value is invented, and times come whole from the side that is named', () =>
    holds(({ base, ours, theirs }, rule) => {
      const { fields, timesFrom } = mergeFields({ base, ours, theirs }, rule);
      for (const part of ['title', 'location', 'notes'] as const) {
        expect([ours[part], theirs[part]]).toContain(fields[part]);
      }
      const { allDay, start, end, timeZone } = timesFrom === 'google' ? theirs : ours;
      expect(fields).toMatchObject({ allDay, start, end, timeZone });
    }));
});

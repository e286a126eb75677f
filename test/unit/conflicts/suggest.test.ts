import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Evidence, Favoured } from '../../../shared/conflicts/evidence.ts';
import { suggest } from '../../../shared/conflicts/suggest.ts';
import type { ConflictKind } from '../../../shared/domain/conflict.ts';
import { day, hour, type Instant, minute, plusMs } from '../../../shared/domain/instant.ts';
import { at, now } from '../../support/samples.ts';
import { aDispute, anOverlap, anyDispute, anyOverlap, type Dispute, fieldsAt } from './disputes.ts';

const start = at('2026-03-03T15:00:00Z');
const ours = fieldsAt('10:00');
const theirs = fieldsAt('12:00');
const none = { google: 0, bookedbarber: 0 };
const nobody = { google: false, bookedbarber: false };

/** Nothing known but what is given: no edits, no clash, no history, nobody's booking. */
const evidence = ({ appointment, conflict }: Dispute, { oursAt, theirsAt, ...known }: Known = {}): Evidence => {
  const { edits: _, ...unedited } = appointment;
  return {
    appointment: { ...unedited, kind: 'block', ...(oursAt && { edits: { times: oursAt } }), ...known.appointment },
    conflict: { ...conflict, theirsAt: theirsAt ?? now },
    now: known.now ?? now,
    clash: known.clash ?? nobody,
    history: known.history ?? none,
  };
};
type Known = Partial<Omit<Evidence, 'appointment'>> & {
  oursAt?: Instant;
  theirsAt?: Instant;
  appointment?: Partial<Evidence['appointment']>;
};

const times = aDispute({ kind: 'fields', ours, theirs });
const reasonFor = (factor: string, given: Evidence) =>
  suggest(given).reasons.find((reason) => reason.factor === factor);

describe('who edited last', () => {
  test.each<[string, number, Favoured, number]>([
    ['an hour later in Google', hour, 'google', 0.3],
    ['a day later in Google counts no more', day, 'google', 0.3],
    ['half an hour later here', -30 * minute, 'bookedbarber', 0.15],
  ])('%s', (_, gapMs, favours, weight) => {
    const given = evidence(times, { oursAt: now, theirsAt: plusMs(now, gapMs) });
    expect(reasonFor('later_edit', given)).toMatchObject({ favours, weight });
  });

  test('says nothing when both were at once, or ours is not known', () => {
    expect(reasonFor('later_edit', evidence(times, { oursAt: now, theirsAt: now }))).toBeUndefined();
    expect(reasonFor('later_edit', evidence(times))).toBeUndefined();
  });

  test('says by how much', () => {
    const text = (gapMs: number) =>
      reasonFor('later_edit', evidence(times, { oursAt: now, theirsAt: plusMs(now, gapMs) }))?.text;
    expect(text(25 * minute)).toBe('Google Calendar was edited 25 minutes later');
    expect(text(-3 * hour)).toBe('BookedBarber was edited 3 hours later');
    expect(text(2 * day)).toBe('Google Calendar was edited 2 days later');
  });
});

describe('lead time', () => {
  const at = (leadMs: number) =>
    evidence(times, { oursAt: plusMs(now, -hour), theirsAt: now, now: plusMs(start, -leadMs) });

  test('strengthens the later edit the closer the start is', () => {
    expect([0, day, 20 * day].map((leadMs) => reasonFor('lead_time', at(leadMs))?.weight)).toEqual([0.15, 0.08, 0.01]);
    expect(reasonFor('lead_time', at(day))?.favours).toBe('google');
  });

  test('says nothing when it is over, or nobody was later', () => {
    expect(reasonFor('lead_time', at(-5 * hour))).toBeUndefined();
    expect(reasonFor('lead_time', evidence(times, { oursAt: now, theirsAt: now }))).toBeUndefined();
  });
});

describe('client impact', () => {
  const booking = { kind: 'booking' } as const;

  test.each<[ConflictKind, Dispute]>([
    ['fields', times],
    ['deleted_in_google', aDispute({ kind: 'deleted_in_google', ours, theirs: 'gone' })],
    ['deleted_in_bookedbarber', aDispute({ kind: 'deleted_in_bookedbarber', ours: 'gone', theirs })],
    ['overlap', anOverlap(ours, theirs)],
    ['mass_change', aDispute({ kind: 'mass_change', ours, theirs: 'gone' })],
  ])('of %s: what the client was told holds', (_, dispute) => {
    const favoured = { favours: 'bookedbarber', weight: 0.3 };
    expect(reasonFor('client_impact', evidence(dispute, { appointment: booking }))).toMatchObject(favoured);
    expect(reasonFor('client_impact', evidence(dispute))).toBeUndefined();
  });

  test('is none where only text differs', () => {
    const text = aDispute({ kind: 'fields', ours, theirs: { ...ours, notes: 'Other' } });
    expect(reasonFor('client_impact', evidence(text, { appointment: booking }))).toBeUndefined();
  });
});

describe('habit', () => {
  const decided = (google: number, bookedbarber: number) => evidence(times, { history: { google, bookedbarber } });

  test('needs three decisions, and is believed the more of them there are', () => {
    expect(reasonFor('habit', decided(2, 0))).toBeUndefined();
    expect(reasonFor('habit', decided(3, 0))).toMatchObject({ favours: 'google', weight: 0.09 });
    expect(reasonFor('habit', decided(0, 30))).toMatchObject({ favours: 'bookedbarber', weight: 0.18 });
    expect(reasonFor('habit', decided(5, 5))).toBeUndefined();
  });
});

describe('of an overlap', () => {
  const overlap = anOverlap(ours, theirs);

  test('putting it back is proposed where that helps, without certainty', () => {
    const given = evidence(overlap, { clash: { google: true, bookedbarber: false } });
    expect(suggest(given)).toMatchObject({ choice: 'bookedbarber', confidence: 0.5 });
  });

  test('leaving it is proposed once it is over', () => {
    expect(suggest(evidence(overlap))).toMatchObject({ choice: 'google', confidence: 0.5 });
  });

  test('nothing is said for a place that is taken as well, nor of who was later', () => {
    const clash = { google: true, bookedbarber: true };
    const given = evidence(overlap, { clash, oursAt: now, theirsAt: plusMs(now, hour) });
    expect(suggest(given)).toEqual({ choice: 'bookedbarber', confidence: 0, reasons: [] });
  });

  test("the barber's own new event can only stay", () => {
    const given = evidence(anOverlap(undefined, theirs), { clash: { google: true, bookedbarber: false } });
    expect(suggest(given)).toMatchObject({ choice: 'google', confidence: 0 });
  });
});

const anyGapMs = fc.integer({ min: -2 * day, max: 2 * day });
const anyCount = fc.nat({ max: 20 });
const anyKnown = fc.record({
  oursAt: anyGapMs.map((ms) => plusMs(now, ms)),
  theirsAt: anyGapMs.map((ms) => plusMs(now, ms)),
  now: anyGapMs.map((ms) => plusMs(start, ms)),
  clash: fc.record({ google: fc.boolean(), bookedbarber: fc.boolean() }),
  history: fc.record({ google: anyCount, bookedbarber: anyCount }),
});

const otherSide: Record<Favoured, Favoured> = { google: 'bookedbarber', bookedbarber: 'google' };
const swapped = <T>({ google, bookedbarber }: Record<Favoured, T>) => ({ google: bookedbarber, bookedbarber: google });
const mirrorKind = (kind: ConflictKind): ConflictKind => {
  if (kind === 'deleted_in_google') return 'deleted_in_bookedbarber';
  return kind === 'deleted_in_bookedbarber' ? 'deleted_in_google' : kind;
};
const mirrored = ({ conflict, appointment, ...rest }: Evidence): Evidence => {
  const { kind, ours, theirs, theirsAt } = conflict;
  const oursAt = appointment.edits?.times ?? now;
  return {
    ...rest,
    conflict: { ...conflict, kind: mirrorKind(kind), ours: theirs, theirs: ours, theirsAt: oursAt },
    appointment: { ...appointment, edits: { times: theirsAt } },
    clash: swapped(rest.clash),
    history: swapped(rest.history),
  };
};

describe('for every dispute', () => {
  test('swapping the sides swaps the answer; client impact alone is one-sided, and a draw goes to BookedBarber', () => {
    fc.assert(
      fc.property(anyDispute, anyKnown, (dispute, known) => {
        const given = evidence(dispute, known);
        const [one, other] = [suggest(given), suggest(mirrored(given))];
        const signature = ({ reasons }: typeof one) =>
          reasons.map(({ factor, favours, weight }) => [factor, favours, weight]);
        expect(signature(other)).toEqual(
          one.reasons.map(({ factor, favours, weight }) => [factor, otherSide[favours], weight]),
        );
        expect(other.confidence).toBe(one.confidence);
        expect(other.choice).toBe(one.confidence === 0 ? 'bookedbarber' : otherSide[one.choice]);
      }),
    );
  });

  test('the side that double-books is never favoured, whatever else speaks for it', () => {
    const anyOfAnyone = fc.constantFrom({ kind: 'block' as const }, { kind: 'booking' as const });
    fc.assert(
      fc.property(fc.oneof(anyDispute, anyOverlap), anyKnown, anyOfAnyone, (dispute, known, appointment) => {
        fc.pre(dispute.conflict.base !== undefined || appointment.kind === 'booking');
        const { choice } = suggest(evidence(dispute, { ...known, appointment }));
        if (known.clash.google !== known.clash.bookedbarber) expect(known.clash[choice]).toBe(false);
      }),
    );
  });

  test('the weights shown add up to the answer shown', () => {
    fc.assert(
      fc.property(anyDispute, anyKnown, (dispute, known) => {
        const { choice, confidence, reasons } = suggest(evidence(dispute, known));
        const total = reasons.reduce((sum, { favours, weight }) => sum + (favours === choice ? weight : -weight), 0);
        expect(Math.min(1, total)).toBeCloseTo(confidence, 10);
        for (const { weight } of reasons) expect(weight).toBeGreaterThan(0);
      }),
    );
  });
});

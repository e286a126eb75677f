/** Too many bookings cancelled or moved at once wait for a person; everything else goes on [R9]. */

import { type CarryOutDeps, noteMassChange } from '../appointments/carry-out.ts';
import { countFutureBookings, type OverlapDeps } from '../appointments/overlapping.ts';
import { isFew, isHarmful, isTooMany } from '../decision/blast-radius.ts';
import type { Decision } from '../decision/decision.ts';
import type { Calendar } from '../domain/calendar.ts';
import { conflictIdOf } from '../domain/derived-ids.ts';
import type { ConflictId } from '../domain/ids.ts';
import type { Found } from './gather.ts';
import type { Place } from './place.ts';

export type HoldBackDeps = CarryOutDeps & OverlapDeps;

export type Decided = { found: Found; decision: Decision };

export const holdBack = async (deps: HoldBackDeps, place: Place, decided: Decided[]): Promise<Decided[]> => {
  const { listing, stamp, calendar } = place;
  const conflictId = massChangeIdOf(calendar);
  const tooMany = await isTooMuch(deps, place, decided);
  listing.harmed += harmIn(place, decided);
  if (!tooMany) return decided;
  const planned = decided.map(({ found, decision }) => ({ found, decision: hold(decision, conflictId, place) }));
  const held = planned.flatMap(({ decision }) => (decision.kind === 'hold' ? [decision.appointment] : []));
  await noteMassChange(deps, { conflictId, held, calendar, stamp });
  return planned;
};

/** Would these, after what the listing has done so far, be too many? */
export const isTooMuch = async (deps: HoldBackDeps, place: Place, decided: Decided[]): Promise<boolean> => {
  const harmed = place.listing.harmed + harmIn(place, decided);
  if (isFew(harmed) || !decided.some(({ decision }) => isHarmful(decision, place.stamp.now))) return false;
  return isTooMany(harmed, await futureBookingsOf(deps, place));
};

/** Counted once, and only when it comes to that. */
const futureBookingsOf = async (deps: HoldBackDeps, { calendar, stamp, listing }: Place): Promise<number> => {
  listing.futureBookings ??= await countFutureBookings(deps, calendar, stamp.now);
  return listing.futureBookings;
};

/** Those already held count too, or the rest would look like few. */
const harmIn = ({ calendar, stamp }: Pick<Place, 'calendar' | 'stamp'>, decided: Decided[]): number => {
  const conflictId = massChangeIdOf(calendar);
  return decided.filter(({ found, decision }) => isHarmful(decision, stamp.now) || isHeldFor(conflictId, found)).length;
};

/** Named by the cursor, which only a complete listing moves: a run that repeats one that was cut short goes on with its item. */
const massChangeIdOf = ({ key, connectGeneration, cursor = '' }: Calendar): ConflictId =>
  conflictIdOf('mass_change', key, `${connectGeneration}`, cursor);

const isHeldFor = (conflictId: ConflictId, { known }: Found): boolean =>
  known?.sync.state === 'held' && known.sync.conflictId === conflictId;

const hold = (decision: Decision, conflictId: ConflictId, { stamp }: Place): Decision => {
  if (!isHarmful(decision, stamp.now) || !('appointment' in decision)) return decision;
  const { appointment } = decision;
  const event = 'event' in decision ? decision.event : undefined;
  const base = 'base' in decision ? decision.base : undefined;
  const seen = { ...(event && { event }), ...(base && { base }) };
  if ('translated' in decision && decision.told !== undefined) {
    const theirs = decision.translated.fields; // A person decides about it anyway, and what it was told is not to be released.
    return {
      kind: 'conflict',
      appointment,
      about: 'fields',
      theirs,
      theirsAt: stamp.now,
      ...seen,
      told: decision.told,
    };
  }
  return { kind: 'hold', appointment, conflictId, ...seen };
};

/** What this one has become when it is decided anew. */
export const heldStill = (first: Decision, again: Decision, place: Place): Decision =>
  first.kind === 'hold' ? hold(again, first.conflictId, place) : again;

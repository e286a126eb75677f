/**
 * Proposes an outcome of a review item, with its reasons: a linear score that anyone can add up. It advises a person and
 * decides nothing.
 */
import type { ConflictKind } from '../domain/conflict.ts';
import type { Evidence, Favoured, Reason, Suggestion } from './evidence.ts';
import { clientImpact, doubleBooking, type Factor, habit, laterEdit, leadTime, standingOverlap } from './factors.ts';
import { isForbidden, outcomesOf } from './sides.ts';

/** A draw goes to BookedBarber: that is what the client was told. */
export const suggest = (evidence: Evidence): Suggestion => {
  const { appointment, conflict } = evidence;
  if (isForbidden(appointment, conflict, outcomesOf(appointment, conflict).bookedbarber)) return onlyWay;
  const reasons = factors[conflict.kind].flatMap((factor) => factor(evidence) ?? []);
  const score = reasons.reduce((sum, { favours, weight }) => sum + signs[favours] * hundredths(weight), 0);
  return {
    choice: score > 0 ? 'google' : 'bookedbarber',
    confidence: Math.min(100, Math.abs(score)) / 100,
    reasons,
  };
};

const ofTwoEdits: Factor[] = [laterEdit, leadTime, clientImpact, doubleBooking, habit];

/** Of an overlap and of a mass change only Google's side was edited, so there is no later one. */
const factors: Record<ConflictKind, Factor[]> = {
  fields: ofTwoEdits,
  deleted_in_google: ofTwoEdits,
  deleted_in_bookedbarber: ofTwoEdits,
  overlap: [clientImpact, standingOverlap, habit],
  mass_change: [clientImpact, habit],
};

const signs: Record<Favoured, 1 | -1> = { google: 1, bookedbarber: -1 };

/** Whole numbers, so that the sum does not depend on the order. */
const hundredths = (weight: Reason['weight']): number => Math.round(weight * 100);

/** No advice where there is only one choice. */
const onlyWay: Suggestion = {
  choice: 'google',
  confidence: 0,
  reasons: [
    { factor: 'overlap', favours: 'google', weight: 0, text: "The barber's own event: both stay until one is moved" },
  ],
};

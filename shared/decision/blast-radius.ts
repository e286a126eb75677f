/**
 * The breaker [R9]: one run that would cancel or move too many of a barber's future bookings is more likely
 * a mistake (a wrong calendar emptied, an import gone wrong) than a wish. Pure.
 */
import type { Appointment } from '../domain/appointment.ts';
import type { Instant } from '../domain/instant.ts';
import { isSame } from './compare.ts';
import type { Decision } from './decision.ts';

const manyBookings = 10;
const largeShare = 0.2;

/** Does it cancel or move a future booking, unasked? */
export const isHarmful = (decision: Decision, now: Instant): boolean => {
  switch (decision.kind) {
    case 'cancel':
      return isAtRisk(decision.appointment, now);
    case 'update':
      return isAtRisk(decision.appointment, now) && hasMoved(decision.appointment, decision.translated);
    case 'merge':
      return isAtRisk(decision.appointment, now) && decision.merged.timesFrom === 'google';
    default:
      return false;
  }
};

/** A person who has released a change has been asked already. */
const isAtRisk = ({ kind, status, startsAt, sync }: Appointment, now: Instant): boolean =>
  kind === 'booking' &&
  status === 'confirmed' &&
  startsAt > now &&
  !(sync.state === 'pending' && sync.prefer === 'google');

const hasMoved = ({ fields }: Appointment, translated: { fields: Appointment['fields'] }): boolean =>
  !isSame('times', fields, translated.fields);

/** So few never trip the breaker: the bookings need not even be counted. */
export const isFew = (harmed: number): boolean => harmed <= manyBookings;

export const isTooMany = (harmed: number, futureBookings: number): boolean =>
  !isFew(harmed) && harmed > largeShare * futureBookings;

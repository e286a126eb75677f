import { expect, test } from 'vitest';
import { pendingAt } from '../../../shared/decision/sync-state.ts';
import { plusMs } from '../../../shared/domain/instant.ts';
import { longestPauseMs } from '../../../shared/health/load-left-over.ts';
import { parked } from '../../../shared/push/push-plan.ts';
import { aBooking, aCalendar, now } from '../../support/samples.ts';

test('what waits for Google is seen however often it has been refused', () => {
  const pending = { ...pendingAt(aCalendar(), now), attempts: 100 };
  expect(parked(aBooking({ sync: pending }), pending, 'forbidden', now).sync).toMatchObject({
    notBefore: plusMs(now, longestPauseMs),
  });
});

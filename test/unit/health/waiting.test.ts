import { expect, test } from 'vitest';
import { hour, minute, plusMs } from '../../../shared/domain/instant.ts';
import { waitingSince } from '../../../shared/health/waiting.ts';
import { windowAt } from '../../../shared/schedule/window.ts';
import { aBooking, aCalendar, calendarId, calendarKey, now } from '../../support/samples.ts';

const ago = (ms: number) => plusMs(now, -ms);
const pending = (since = now) =>
  aBooking({
    sync: { state: 'pending', target: { calendarKey, calendarId }, since, notBefore: plusMs(now, hour), attempts: 1 },
  });
const listing = (startedAt = now) => ({ startedAt, window: windowAt(now), page: 1, step: { kind: 'list' } as const });
const trouble = (since = now) => ({ since, failures: 2, reason: 'backendError' });

test('nothing waits', () => {
  expect(waitingSince(aCalendar(), [aBooking()])).toBeUndefined();
});

test.each([
  ['a change here', {}, [pending(ago(minute)), pending(ago(hour))]],
  ['a sync that fails', { trouble: trouble(ago(hour)) }, [pending(ago(minute))]],
  ['a listing under way', { checkpoint: listing(ago(hour)), trouble: trouble(ago(minute)) }, []],
])('the oldest counts: %s', (_, calendar, marks) => {
  expect(waitingSince(aCalendar(calendar), marks)).toBe(ago(hour));
});

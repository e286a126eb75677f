/** What a person is told to do about a dead letter. */
import { describe, expect, test } from 'vitest';
import type { Calendar, Trouble } from '../../../shared/domain/calendar.ts';
import { asId } from '../../../shared/domain/ids.ts';
import { minute, plusMs } from '../../../shared/domain/instant.ts';
import type { DeadLetter } from '../../../shared/queue/dead-letters.ts';
import { adviceFor } from '../../../shared/queue/explain-dead-letter.ts';
import { freshHint } from '../../../shared/queue/hint.ts';
import { aCalendar, calendarKey, now } from '../../support/samples.ts';

const unreadable: DeadLetter = { id: 'letter-1', calendarKey, sentAt: now, receiveCount: 13 };
const letter = { ...unreadable, hint: freshHint(calendarKey, 'manual', asId('chain-1')).hint };
const advice = (calendar?: Partial<Calendar>) => adviceFor(letter, calendar && aCalendar(calendar));
const troubled = (reason: string, more: Partial<Trouble> = {}) =>
  advice({ trouble: { since: now, failures: 12, reason, ...more } });

describe('without trouble', () => {
  test('one that cannot be read is discarded, whatever its calendar', () => {
    expect(adviceFor(unreadable, aCalendar())).toMatch(/cannot read it: discard it/);
  });

  test('so is one whose calendar is not there', () => {
    expect(advice()).toBe('There is no such calendar: discard it.');
  });

  test('so is one whose calendar is switched off', () => {
    expect(advice({ enabled: false })).toMatch(/switched off: discard it/);
  });

  test('so is one whose calendar was synced completely after it was sent', () => {
    expect(advice({ coveredBefore: plusMs(now, 1) })).toMatch(/synced after it was sent: discard it/);
  });

  test.each([plusMs(now, -minute), now])('a sync that began at %s has not covered it: redrive it', (coveredBefore) => {
    expect(advice({ coveredBefore })).toMatch(/redrive it/);
  });
});

describe('with trouble', () => {
  test.each([
    ['interrupted', /crash or timeout/],
    ['rateLimitExceeded', /too often/],
    ['userRateLimitExceeded', /too often/],
    ['http_429', /too often/],
    ['quotaExceeded', /quota is used up/],
    ['dailyLimitExceeded', /quota is used up/],
    ['backendError', /does not answer/],
    ['no_answer', /does not answer/],
    ['http_503', /does not answer/],
    ['authError', /OAuth client/],
    ['http_401', /OAuth client/],
    ['invalid_client', /no calendar of anybody/],
    ['forbidden', /refuses access/],
    ['accessNotConfigured', /refuses access/],
    ['TypeError', /consumer's log/],
    ['http_400', /consumer's log/],
  ])('%s names its own step, then has it redriven', (reason, step) => {
    expect(troubled(reason)).toMatch(step);
    expect(troubled(reason)).toMatch(/, then redrive it\.$/);
  });

  test('a hint that would be passed over is not worth redriving', () => {
    expect(troubled('forbidden', { leftToSweep: true })).toMatch(/then discard it: the sweep tries again/);
  });

  test('counts before an earlier sync', () => {
    const trouble = { since: now, failures: 1, reason: 'backendError' };
    expect(advice({ coveredBefore: plusMs(now, minute), trouble })).toMatch(/does not answer/);
  });
});

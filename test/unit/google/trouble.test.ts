import { describe, expect, test } from 'vitest';
import { GrantRevoked, RetryLater, Superseded } from '../../../shared/domain/errors.ts';
import { hour, plusMs } from '../../../shared/domain/instant.ts';
import { GoogleError } from '../../../shared/google/google-error.ts';
import { interrupted, type Remedy, remedyFor, troubleAfter } from '../../../shared/google/trouble.ts';
import { aCalendar, now } from '../../support/samples.ts';

const answered = (status?: number, reason?: string, operation = 'events.list') =>
  new GoogleError(operation, status, reason, undefined);

test.each<[string, unknown, Remedy]>([
  ['[F34] a dead grant', new GrantRevoked('invalid_grant'), 'consent'],
  ['[R13] a newer worker', new Superseded('moved on'), 'yield'],
  ['no room to write', new RetryLater('busy'), 'retry'],
  ['a mistake of ours', new TypeError('x is undefined'), 'retry'],
  ['a thrown text', 'oh', 'retry'],
  ['[F25] a calendar that is gone', answered(404, 'notFound'), 'switch-off'],
  ['[R8] a 404 of a gateway’s', answered(404), 'retry'],
  ['a 404 of another call', answered(404, 'notFound', 'token refresh'), 'leave-to-sweep'],
  ['a refusal that only words itself so', answered(400, 'notFound'), 'leave-to-sweep'],
  ['a calendar that sends no notifications', answered(400, 'pushNotSupportedForRequestedResource'), 'leave-to-sweep'],
  ['a sync token that stays refused', answered(410, 'fullSyncRequired'), 'retry'],
  ['something that is there already', answered(409, 'duplicate'), 'retry'],
  ['something that has changed meanwhile', answered(412, 'conditionNotMet'), 'retry'],
  ['an event list that is said to be deleted', answered(410, 'deleted'), 'leave-to-sweep'],
  ['no access to the calendar', answered(403, 'forbidden'), 'leave-to-sweep'],
  ['too little access to the calendar', answered(403, 'requiredAccessLevel'), 'leave-to-sweep'],
  ['a scope that was not granted', answered(403, 'insufficientPermissions'), 'leave-to-sweep'],
  ['a request that Google cannot read', answered(400, 'invalid'), 'leave-to-sweep'],
  ['the quota of the day', answered(403, 'dailyLimitExceeded'), 'leave-to-sweep'],
  ['[F40] the rate limit', answered(403, 'rateLimitExceeded'), 'retry'],
  ['[F40] the user’s rate limit', answered(403, 'userRateLimitExceeded'), 'retry'],
  ['[F40] the rate limit, in its own status', answered(429), 'retry'],
  ['[F41] usage limits, which are about writes', answered(403, 'quotaExceeded'), 'retry'],
  ['[F35] a token that stays refused', answered(401, 'authError'), 'retry'],
  ['Google’s own trouble', answered(500, 'backendError'), 'retry'],
  ['a gateway’s page', answered(502), 'retry'],
  ['no answer', answered(), 'retry'],
])('%s → %s', (_, error, remedy) => {
  expect(remedyFor(error)).toBe(remedy);
});

describe('what is kept of it', () => {
  test.each([
    [answered(500, 'backendError'), 'backendError'],
    [answered(502), 'http_502'],
    [answered(), 'no_answer'],
    [answered(503, 'The secret event “Dentist”'), 'http_503'],
    [answered(503, 'a'.repeat(65)), 'http_503'],
    [new RetryLater('An appointment kept changing'), 'RetryLater'],
    [new TypeError('text of mine'), 'TypeError'],
    ['oh', 'unknown'],
  ])('[F61] is one word, never text: %s → %s', (error, reason) => {
    expect(troubleAfter(aCalendar(), error, now).reason).toBe(reason);
  });

  test('counts the failures in a row, and since when', () => {
    const first = troubleAfter(aCalendar(), answered(500, 'backendError'), now);
    expect(first).toEqual({ since: now, failures: 1, reason: 'backendError' });
    const second = troubleAfter(aCalendar({ trouble: first }), answered(502), plusMs(now, hour));
    expect(second).toEqual({ since: now, failures: 2, reason: 'http_502' });
  });

  test('says that it is left to the sweep as long as the last failure asks for that', () => {
    const refused = troubleAfter(aCalendar(), answered(403, 'forbidden'), now);
    expect(refused).toEqual({ since: now, failures: 1, reason: 'forbidden', leftToSweep: true });
    expect(troubleAfter(aCalendar({ trouble: refused }), answered(500), now)).not.toHaveProperty('leftToSweep');
  });
});

test('a try that ended without a word is the first of its trouble', () => {
  expect(interrupted(now)).toEqual({ since: now, failures: 1, reason: 'interrupted' });
});

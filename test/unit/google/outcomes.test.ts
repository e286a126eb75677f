import { expect, test } from 'vitest';
import { type Outcome, outcomeOf } from '../../../shared/google/outcomes.ts';
import { inheritedNames } from '../hostile.ts';

/**
 * Each row of https://developers.google.com/workspace/calendar/api/guides/errors, and what `watch` has been seen to answer, which
 * no page of Google's lists.
 */
test.each<[number, string, Outcome]>([
  [400, 'timeRangeEmpty', 'rejected'],
  [400, 'invalid', 'rejected'],
  [400, 'required', 'rejected'],
  [400, 'parseError', 'rejected'],
  [400, 'channelIdNotUnique', 'rejected'],
  [400, 'push.webhookUrlNotHttps', 'rejected'],
  [401, 'push.webhookUrlUnauthorized', 'rejected'],
  [403, 'push.webhookUrlUnauthorized', 'rejected'],
  [401, 'push.webhookUrlNoHostOrAddress', 'rejected'],
  [400, 'pushNotSupportedForRequestedResource', 'unwatchable'],
  [401, 'authError', 'unauthorized'],
  [401, 'required', 'unauthorized'],
  [403, 'userRateLimitExceeded', 'rateLimited'],
  [403, 'rateLimitExceeded', 'rateLimited'],
  [403, 'quotaExceeded', 'paused'],
  [403, 'dailyLimitExceeded', 'exhausted'],
  [403, 'forbiddenForNonOrganizer', 'forbidden'],
  [403, 'requiredAccessLevel', 'forbidden'],
  [403, 'forbidden', 'forbidden'],
  [403, 'insufficientPermissions', 'forbidden'],
  [403, 'notACalendarUser', 'forbidden'],
  [404, 'notFound', 'gone'],
  [409, 'duplicate', 'duplicate'],
  [409, 'conflict', 'transient'],
  [410, 'fullSyncRequired', 'expired'],
  [410, 'updatedMinTooLongAgo', 'expired'],
  [410, 'deleted', 'gone'],
  [412, 'conditionNotMet', 'stale'],
  [429, 'rateLimitExceeded', 'rateLimited'],
  [500, 'backendError', 'transient'],
])('[F40][F41] %i %s → %s', (status, reason, outcome) => {
  expect(outcomeOf(status, reason)).toBe(outcome);
});

test.each<[number | undefined, Outcome]>([
  [undefined, 'transient'],
  [400, 'rejected'],
  [401, 'unauthorized'],
  [403, 'forbidden'],
  [404, 'transient'], // Google gives its reason; this is a gateway's word [R8].
  [408, 'transient'],
  [409, 'duplicate'],
  [410, 'transient'],
  [412, 'stale'],
  [418, 'rejected'],
  [429, 'rateLimited'],
  [500, 'transient'],
  [502, 'transient'],
  [503, 'transient'],
  [504, 'transient'],
])('%s without a reason → %s', (status, outcome) => {
  expect(outcomeOf(status, undefined)).toBe(outcome);
});

test('Google’s own trouble is transient, whatever its body says', () => {
  expect(outcomeOf(500, 'fullSyncRequired')).toBe('transient');
  expect(outcomeOf(503, 'pushNotSupportedForRequestedResource')).toBe('transient');
});

test.each(inheritedNames.concat('', 'newReason'))('an unknown reason, "%s", leaves it to the status', (reason) => {
  expect(outcomeOf(403, reason)).toBe('forbidden');
  expect(outcomeOf(400, reason)).toBe('rejected');
});

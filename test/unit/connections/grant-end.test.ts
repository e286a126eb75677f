import { describe, expect, test } from 'vitest';
import { messageFor, whyEnded } from '../../../shared/connections/grant-end.ts';
import type { Connection, GrantEnd } from '../../../shared/domain/connection.ts';
import { day, hour, minute, plusMs } from '../../../shared/domain/instant.ts';
import { aConnection, now } from '../../support/samples.ts';

const later = (ms: number) => plusMs(now, ms);

describe('[F38] why a grant has ended', () => {
  test.each<[string, number, GrantEnd]>([
    ['at once', minute, 'revoked'],
    ['before it could be the seven days', 6.5 * day - minute, 'revoked'],
    ['from then on', 6.5 * day, 'testing_period'],
    ['after seven days', 7 * day, 'testing_period'],
    ['a little later, when it is noticed', 7.5 * day, 'testing_period'],
    ['after it', 7.5 * day + minute, 'revoked'],
    ['after half a year', 180 * day, 'revoked'],
  ])('of no known end: %s', (_, ageMs, end) => {
    expect(whyEnded({ grantedAt: now }, undefined, later(ageMs))).toBe(end);
  });

  test.each<[string, number, number, GrantEnd]>([
    ['that was to end after seven days, at its end', 7 * day - 1_000, 7 * day, 'testing_period'],
    ['… long before its end', 7 * day, 2 * day, 'revoked'],
    ['… noticed weeks later', 7 * day, 30 * day, 'testing_period'],
    ['that was to end after an hour, at its end', hour, hour, 'time_limit'],
    ['that was to end after a month, at its end', 30 * day, 30 * day, 'time_limit'],
    ['… after seven days', 30 * day, 7 * day, 'revoked'],
  ])('%s', (_, lifetimeMs, ageMs, end) => {
    const grant = { grantedAt: now, refreshTokenExpiresAt: later(lifetimeMs) };
    expect(whyEnded(grant, undefined, later(ageMs))).toBe(end);
  });

  test('Google’s own word holds, and a grant of an older version has no date', () => {
    expect(whyEnded({ grantedAt: now }, 'invalid_rapt', later(7 * day))).toBe('session_control');
    expect(whyEnded({}, undefined, later(7 * day))).toBe('revoked');
    expect(whyEnded({ refreshTokenExpiresAt: now }, undefined, now)).toBe('time_limit');
  });
});

describe('[F36] what the owner is told', () => {
  const dead = (endedBecause?: GrantEnd) =>
    messageFor(aConnection({ state: 'needs_reauth', ...(endedBecause && { endedBecause }) }));

  test.each<[GrantEnd, string]>([
    ['testing_period', 'Publish app'],
    ['time_limit', 'limited time'],
    ['session_control', 'administrator'],
    ['revoked', 'withdrawn'],
  ])('of a grant that has ended because of %s', (end, says) => {
    expect(dead(end)).toContain(says);
    expect(dead(end)).toContain('Connect again');
  });

  test('of one whose end nobody has noted', () => expect(dead()).toBe(dead('revoked')));

  test('of one that is going to end, before it does', () => {
    const ending = (ms: number) => messageFor(aConnection({ grantedAt: now, refreshTokenExpiresAt: later(ms) }));
    expect(ending(7 * day)).toMatch(/in testing.*Publish app/);
    expect(ending(30 * day)).toMatch(/limited time and ends at 2026-04-01/);
  });

  test('[F39] of permissions that are no longer enough: the box to tick', () => {
    const trouble = (reason: string) => [{ trouble: { since: now, failures: 1, reason } }, {}];
    expect(messageFor(aConnection(), trouble('insufficientPermissions'))).toContain('View and edit events');
    expect(messageFor(aConnection(), trouble('backendError'))).toBeUndefined();
  });

  test('of a connection that was ended; and nothing while all is well', () => {
    const { refreshToken: _r, accessToken: _a, accessTokenExpiresAt: _e, ...rest } = aConnection();
    const ended: Connection = { ...rest, state: 'disconnected' };
    expect(messageFor(ended)).toContain('Connect');
    expect(messageFor(aConnection())).toBeUndefined();
  });
});

import { describe, expect, test } from 'vitest';
import { presentStatus } from '../../../functions/management-api/present-status.ts';
import { statusReply } from '../../../functions/management-api/schemas/sync.ts';
import type { Calendar } from '../../../shared/domain/calendar.ts';
import type { Connection, GrantedConnection } from '../../../shared/domain/connection.ts';
import { asId } from '../../../shared/domain/ids.ts';
import { hour, plusMs } from '../../../shared/domain/instant.ts';
import { aCalendar, aConnection, now } from '../../support/samples.ts';

const synced = aCalendar({
  cursor: 'cursor',
  channel: { id: asId('channel-1'), state: 'active', resourceId: 'r', expiresAt: plusMs(now, 24 * hour), renewAt: now },
  coveredBefore: now,
  lastSyncAt: now,
  lastNotificationAt: now,
});

const left = { quarantined: 2, openConflicts: 1 };
const statusOf = (connection: Connection | undefined, calendars: Calendar[], at = now) =>
  presentStatus(
    connection,
    calendars.map((calendar) => ({ calendar, left })),
    at,
  );

const trouble = { since: now, failures: 3, reason: 'backendError' };

test('a user who never connected is disconnected', () => {
  const status = { realTimeSync: 'disabled', connection: { state: 'disconnected' }, calendars: [] };
  expect(statusOf(undefined, [])).toEqual(status);
});

test('a calendar is shown with its channel, its times and what is left to a person [F60]', () => {
  expect(statusOf(aConnection(), [synced], plusMs(now, 90_500))).toEqual({
    realTimeSync: 'enabled',
    connection: { state: 'connected', account: 'barber-1@example.com' },
    calendars: [
      {
        calendarId: 'barber-1@example.com',
        summary: 'Chair one',
        role: 'bookings',
        enabled: true,
        state: 'synced',
        initialSyncComplete: true,
        quarantined: 2,
        openConflicts: 1,
        queueAgeSeconds: 0,
        channel: { id: 'channel-1', state: 'active', expiresAt: plusMs(now, 24 * hour) },
        lastNotificationAt: now,
        lastSyncAt: now,
        cursorAgeSeconds: 90,
      },
    ],
  });
});

test('[R15] neither tokens nor cursors are shown', () => {
  expect(JSON.stringify(statusOf(aConnection(), [synced]))).not.toMatch(/sealed|"cursor"|resourceId/);
});

describe('the state of a calendar', () => {
  test.each<[string, Partial<Calendar>, Partial<GrantedConnection>, string]>([
    ['listed once', { cursor: 'cursor' }, {}, 'synced'],
    ['never listed', {}, {}, 'initial_sync'],
    [
      'in the middle of its first listing',
      {
        checkpoint: { startedAt: now, window: { from: now, to: now }, page: 1, step: { kind: 'list', pageToken: 'p' } },
      },
      {},
      'initial_sync',
    ],
    ['switched off', { cursor: 'cursor', enabled: false }, {}, 'disabled'],
    ['that Google cannot watch [F26]', { cursor: 'cursor', watchable: false }, {}, 'polled'],
    ['with real-time sync off', { cursor: 'cursor', realTimeSync: false }, {}, 'polled'],
    ['of a dead grant [F36]', { cursor: 'cursor' }, { state: 'needs_reauth' }, 'needs_reauth'],
    ['whose last sync failed [F36]', { cursor: 'cursor', trouble }, {}, 'degraded'],
    ['whose first sync failed', { trouble }, {}, 'degraded'],
    ['that failed before its grant died', { trouble }, { state: 'needs_reauth' }, 'needs_reauth'],
    ['that failed, switched off', { trouble, enabled: false }, {}, 'disabled'],
    ['of a dead grant, switched off', { enabled: false }, { state: 'needs_reauth' }, 'disabled'],
  ])('%s', (_, calendar, connection, state) => {
    const status = statusOf(aConnection(connection), [aCalendar(calendar)]);
    expect(status.calendars[0]?.state).toBe(state);
  });
});

test.each<[string, Partial<Calendar>, string]>([
  ['that fails', { trouble }, 'backendError'],
  ['[F25] that Google no longer knows', { enabled: false, disabledBecause: 'calendar_gone' }, 'calendar_gone'],
])('a calendar %s says why', (_, calendar, reason) => {
  const status = statusOf(aConnection(), [aCalendar(calendar)]);
  expect(statusReply.parse(status).calendars[0]?.reason).toBe(reason);
});

test('[F41] a pause of writing is shown while it lasts', () => {
  const paused = [1, 0].map((ms) => aCalendar({ writesPausedUntil: plusMs(now, ms) }));
  const { calendars } = statusOf(aConnection(), paused);
  expect(calendars.map(({ writesPausedUntil }) => writesPausedUntil)).toEqual([plusMs(now, 1), undefined]);
});

test('a switch that is off is shown as off', () => {
  expect(statusOf(aConnection({ realTimeSync: false }), []).realTimeSync).toBe('disabled');
});

test('every status is of the documented form', () => {
  const connections = [undefined, aConnection(), aConnection({ state: 'needs_reauth' })];
  for (const connection of connections) statusReply.parse(statusOf(connection, [synced, aCalendar()]));
});

describe('[F36] what is wrong with the connection', () => {
  const since = plusMs(now, -hour);

  test('is said with since when, why, and what mends it', () => {
    const dead = aConnection({ state: 'needs_reauth', since, endedBecause: 'testing_period' });
    expect(statusReply.parse(statusOf(dead, [])).connection).toEqual({
      state: 'needs_reauth',
      account: 'barber-1@example.com',
      since,
      reason: 'testing_period',
      message: expect.stringContaining('Publish app'),
    });
  });

  test('[F39] is said of scopes that are no longer enough', () => {
    const lacking = aCalendar({ trouble: { ...trouble, reason: 'insufficientPermissions' } });
    expect(statusOf(aConnection(), [lacking]).connection).toMatchObject({
      state: 'connected',
      message: expect.stringContaining('tick: “View and edit events on all your calendars”'),
    });
  });

  test('a connection that was ended shows the account, and no calendars', () => {
    const { refreshToken: _r, accessToken: _a, accessTokenExpiresAt: _e, ...rest } = aConnection({ since });
    const status = statusOf({ ...rest, state: 'disconnected' }, [synced]);
    expect(statusReply.parse(status)).toEqual({
      realTimeSync: 'disabled',
      connection: { state: 'disconnected', account: 'barber-1@example.com', since, message: expect.any(String) },
      calendars: [],
    });
  });
});

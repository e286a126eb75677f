import { describe, expect, test } from 'vitest';
import { presentStatus } from '../../../functions/management-api/present-status.ts';
import { statusReply } from '../../../functions/management-api/schemas/sync.ts';
import type { Calendar } from '../../../shared/domain/calendar.ts';
import type { Connection } from '../../../shared/domain/connection.ts';
import { asId } from '../../../shared/domain/ids.ts';
import { hour, plusMs } from '../../../shared/domain/instant.ts';
import { aCalendar, aConnection, now } from '../../support/samples.ts';

const synced = aCalendar({
  cursor: 'cursor',
  channel: { id: asId('channel-1'), state: 'active', resourceId: 'r', expiresAt: plusMs(now, 24 * hour), renewAt: now },
  lastSyncAt: now,
  lastNotificationAt: now,
});

const trouble = { since: now, failures: 3, reason: 'backendError' };

test('a user who never connected is disconnected', () => {
  const status = { realTimeSync: 'disabled', connection: { state: 'disconnected' }, calendars: [] };
  expect(presentStatus(undefined, [], new Map())).toEqual(status);
});

test('a calendar is shown with its channel, its times and how many of its events are set aside [F60]', () => {
  expect(presentStatus(aConnection(), [synced], new Map([[synced.key, 2]]))).toEqual({
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
        channel: { id: 'channel-1', state: 'active', expiresAt: plusMs(now, 24 * hour) },
        lastNotificationAt: now,
        lastSyncAt: now,
      },
    ],
  });
});

test('[R15] neither tokens nor cursors are shown', () => {
  expect(JSON.stringify(presentStatus(aConnection(), [synced], new Map()))).not.toMatch(/sealed|"cursor"|resourceId/);
});

describe('the state of a calendar', () => {
  test.each<[string, Partial<Calendar>, Partial<Connection>, string]>([
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
    const status = presentStatus(aConnection(connection), [aCalendar(calendar)], new Map());
    expect(status.calendars[0]?.state).toBe(state);
  });
});

test.each<[string, Partial<Calendar>, string]>([
  ['that fails', { trouble }, 'backendError'],
  ['[F25] that Google no longer knows', { enabled: false, disabledBecause: 'calendar_gone' }, 'calendar_gone'],
])('a calendar %s says why', (_, calendar, reason) => {
  const status = presentStatus(aConnection(), [aCalendar(calendar)], new Map());
  expect(statusReply.parse(status).calendars[0]?.reason).toBe(reason);
});

test('a switch that is off is shown as off', () => {
  expect(presentStatus(aConnection({ realTimeSync: false }), [], new Map()).realTimeSync).toBe('disabled');
});

test('every status is of the documented form', () => {
  const connections = [undefined, aConnection(), aConnection({ state: 'needs_reauth' })];
  for (const connection of connections) statusReply.parse(presentStatus(connection, [synced, aCalendar()], new Map()));
});

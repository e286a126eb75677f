import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { blockIdOf, calendarKeyOf } from '../../../shared/domain/derived-ids.ts';
import { asId } from '../../../shared/domain/ids.ts';
import { plusMs } from '../../../shared/domain/instant.ts';
import { agendaPosition, appointmentAt, dueShardOf, dueShards, indexKeys, keys } from '../../../shared/store/keys.ts';
import { anAppointment, calendarId, calendarKey, now, userId } from '../../support/samples.ts';

const { id } = anAppointment();
type EventId = Parameters<typeof keys.quarantine>[1];
type ChannelId = Parameters<typeof keys.channel>[2];
type ConflictId = Parameters<typeof keys.conflict>[1];
type ChainId = Parameters<typeof keys.notifiedRun>[2];

const sha256 = (text: string) => createHash('sha256').update(text).digest('base64url');

test('the table is as its description says', () => {
  expect({
    calendar: keys.calendar(calendarKey),
    quarantine: keys.quarantine(calendarKey, asId<EventId>('event1')),
    seen: keys.seen(calendarKey, now, 3),
    connection: keys.connection(userId),
    pointer: keys.pointer(userId, calendarKey),
    channel: keys.channel(userId, calendarKey, asId<ChannelId>('channel-1')),
    appointment: keys.appointment(userId, id),
    day: keys.day(userId, '2026-03-02'),
    conflict: keys.conflict(userId, asId<ConflictId>('conflict-1')),
    syncRequest: keys.syncRequest(userId),
    syncEvent: keys.syncEvent(userId, now, id, 2),
    notifiedRun: keys.notifiedRun(userId, now, asId<ChainId>('channel-1:7')),
    oauthState: keys.oauthState('hash'),
    dataKey: keys.dataKey('k1'),
  }).toEqual({
    calendar: { pk: `CALENDAR#${calendarKey}`, sk: 'STATE' },
    quarantine: { pk: `CALENDAR#${calendarKey}`, sk: `QUARANTINE#${sha256('event1')}` },
    seen: { pk: `CALENDAR#${calendarKey}`, sk: 'SEEN#2026-03-02T12:00:00.000Z#3' },
    connection: { pk: 'USER#barber-1', sk: 'CONNECTION#google' },
    pointer: { pk: 'USER#barber-1', sk: `CALENDAR#${calendarKey}` },
    channel: { pk: 'USER#barber-1', sk: `CHANNEL#${calendarKey}#channel-1` },
    appointment: { pk: 'USER#barber-1', sk: `APPOINTMENT#${id}` },
    day: { pk: 'USER#barber-1', sk: 'DAY#2026-03-02' },
    conflict: { pk: 'USER#barber-1', sk: 'CONFLICT#conflict-1' },
    syncRequest: { pk: 'USER#barber-1', sk: 'SYNC_REQUEST' },
    syncEvent: { pk: 'LOG#barber-1', sk: `SYNC_EVENT#2026-03-02T12:00:00.000Z#${id}#2` },
    notifiedRun: { pk: 'LOG#barber-1', sk: 'NOTIFICATION#2026-03-02T12:00:00.000Z#channel-1:7' },
    oauthState: { pk: 'OAUTH_STATE#hash', sk: 'STATE' },
    dataKey: { pk: 'VAULT', sk: 'DATA_KEY#k1' },
  });
});

test('the indexes are as their description says', () => {
  expect({ ...indexKeys.agenda(userId, 'LONG', now, id), ...indexKeys.due(3, now) }).toEqual({
    agendaPartition: 'USER#barber-1#LONG',
    agendaStart: `2026-03-02T12:00:00.000Z#${id}`,
    duePartition: 'DUE#3',
    dueAt: now,
  });
});

describe('[R15] whatever a user is called', () => {
  const anyUser = fc
    .oneof(fc.string(), fc.constantFrom('a#DAYS', 'a', 'a#LONG', ''))
    .map((name) => asId<typeof userId>(name));
  const partitionsOf = (user: typeof userId) => [
    keys.appointment(user, id).pk,
    keys.day(user, '2026-03-02').pk,
    keys.conflict(user, asId<ConflictId>('conflict-1')).pk,
    keys.syncRequest(user).pk,
    keys.syncEvent(user, now, id, 1).pk,
    keys.notifiedRun(user, now, asId<ChainId>('channel-1:7')).pk,
    indexKeys.agenda(user, 'DAYS', now, id).agendaPartition,
    indexKeys.agenda(user, 'LONG', now, id).agendaPartition,
  ];

  test('no partition is another user’s', () => {
    fc.assert(
      fc.property(anyUser, anyUser, (one, other) => {
        fc.pre(one !== other);
        const [mine, theirs] = [partitionsOf(one), partitionsOf(other)];
        return mine.every((partition, index) => partition !== theirs[index]);
      }),
    );
  });
});

test('[R12] each revision of an appointment has a log entry of its own', () => {
  const entries = [1, 2, 12].map((revision) => keys.syncEvent(userId, now, id, revision).sk);
  expect(new Set(entries).size).toBe(3);
});

test('the agenda is in order of time, then of id', () => {
  const other = blockIdOf(calendarKey, asId<EventId>('event2'));
  const [first, second] = [id, other].sort();
  const positions = [
    agendaPosition(now, first ?? id),
    agendaPosition(now, second ?? id),
    agendaPosition(plusMs(now, 1), first ?? id),
  ];
  expect(positions.toSorted()).toEqual(positions);
});

test('pending appointments are in order of their next try, then of id, under the calendar that they go to', () => {
  expect(indexKeys.pending(calendarKey, now, id)).toEqual({
    pendingPartition: `CALENDAR#${calendarKey}`,
    pendingNotBefore: `2026-03-02T12:00:00.000Z#${id}`,
  });
});

test('an appointment’s key says whose and which it is', () => {
  const user = asId<typeof userId>('a#USER#b');
  expect(appointmentAt(keys.appointment(user, id))).toEqual({ userId: user, id });
});

test('a calendar stays on the shard it was written to', () => {
  const shards = ['A', 'Z', 'a', 'z', '0', '9', '-', '_'].map((first) =>
    dueShardOf(asId<typeof calendarKey>(`${first}x`)),
  );
  expect(shards).toEqual([1, 2, 1, 2, 0, 1, 5, 7]);
});

test('due work is spread over all shards', () => {
  const calendars = Array.from({ length: 2_000 }, (_, index) =>
    calendarKeyOf(userId, `account-${index}@example.com`, calendarId),
  );
  const counts = Map.groupBy(calendars, dueShardOf);
  expect([...counts.keys()].sort()).toEqual(Array.from({ length: dueShards }, (_, shard) => shard));
  const even = calendars.length / dueShards;
  expect([...counts.values()].every(({ length }) => length > even / 2 && length < even * 2)).toBe(true);
});

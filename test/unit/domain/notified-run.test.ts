import { expect, test } from 'vitest';
import { asId } from '../../../shared/domain/ids.ts';
import { minute, plusMs } from '../../../shared/domain/instant.ts';
import { type NotifiedRun, notifiedRunOf } from '../../../shared/domain/notified-run.ts';
import { aCalendar, calendarId, calendarKey, now, userId } from '../../support/samples.ts';

const chainId = asId<NotifiedRun['chainId']>('channel-1:7');
const notified = aCalendar({ lastNotificationAt: now, lastNotifiedRun: { chainId, changes: { update: 2 } } });

test('[R12] the record of a notified run has its calendar, its chain, when, and what came of it', () => {
  const earlier = { ...notified, lastNotificationAt: plusMs(now, -minute) };
  const expected = { userId, calendarKey, calendarId, at: now, chainId, changes: { update: 2 } };
  expect([notifiedRunOf(earlier, notified), notifiedRunOf(aCalendar(), notified)]).toEqual([expected, expected]);
});

test('[R12] the first write of a calendar has one too, when a notification has led to it', () => {
  expect(notifiedRunOf(undefined, notified)).toMatchObject({ at: now, chainId });
});

test('[R12] other writes of a calendar leave no record, however often it was notified of', () => {
  expect(notifiedRunOf(notified, { ...notified, cursor: 'next' })).toBeUndefined();
  expect(notifiedRunOf(undefined, aCalendar())).toBeUndefined();
});

test.each([
  ['what came of it', { lastNotificationAt: plusMs(now, minute) }],
  ['when it came', { lastNotifiedRun: { chainId, changes: {} } }],
  ['either', {}],
])('a write that says of its notification not %s leaves no record', (_, said) => {
  expect(notifiedRunOf(notified, aCalendar(said))).toBeUndefined();
});

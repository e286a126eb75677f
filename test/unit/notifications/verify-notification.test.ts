import { expect, test } from 'vitest';
import { hour, plusMs } from '../../../shared/domain/instant.ts';
import { createChannelToken, deriveWebhookKey } from '../../../shared/notifications/channel-token.ts';
import type { Notification } from '../../../shared/notifications/read-notification.ts';
import { verifyNotification } from '../../../shared/notifications/verify-notification.ts';
import { aChannel, calendarKey, now } from '../../support/samples.ts';

const { id: channelId, expiresAt } = aChannel();
const keys = { active: 'k1', keys: new Map([['k1', deriveWebhookKey('m'.repeat(32), 'test')]]) };
const notification: Notification = {
  channelId,
  token: createChannelToken(keys, channelId, { calendarKey, connectGeneration: 2, expiresAt }),
  messageNumber: '2',
  resourceId: 'resource-1',
  resourceState: 'exists',
};

test('a notification of a channel of ours is verified', () => {
  const verified = { kind: 'valid', calendarKey, connectGeneration: 2, notification };
  expect(verifyNotification(notification, keys, now)).toEqual(verified);
});

test.each<[string, Partial<Notification>, 'malformed' | 'forged']>([
  ['with a token that is none', { token: 'token' }, 'malformed'],
  ['with the token of another channel', { channelId: 'channel-2' }, 'forged'],
])('[R15][F29] one %s is rejected', (_, changed, reason) => {
  expect(verifyNotification({ ...notification, ...changed }, keys, now)).toEqual({ kind: 'rejected', reason });
});

test('[R15] one of a channel that is long gone is rejected', () => {
  expect(verifyNotification(notification, keys, plusMs(expiresAt, 1 * hour))).toEqual({
    kind: 'rejected',
    reason: 'expired',
  });
});

test('what is not signed decides nothing: neither resource, state nor number', () => {
  const changed: Partial<Notification> = { resourceId: 'other', resourceState: 'sync', messageNumber: '99' };
  expect(verifyNotification({ ...notification, ...changed }, keys, now).kind).toBe('valid');
});

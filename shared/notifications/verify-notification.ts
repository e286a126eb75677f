/** Is this notification one that Google sends for a channel of ours? Answered from itself alone, without a database. */
import type { Instant } from '../domain/instant.ts';
import { type TokenVerdict, verifyChannelToken, type WebhookKeys } from './channel-token.ts';
import type { Notification } from './read-notification.ts';

export type Verified = Extract<TokenVerdict, { kind: 'valid' }> & { notification: Notification };
export type Rejected = Extract<TokenVerdict, { kind: 'rejected' }>;

export const verifyNotification = (
  notification: Notification,
  keys: WebhookKeys,
  now: Instant,
): Verified | Rejected => {
  const verdict = verifyChannelToken(keys, notification.channelId, notification.token, now);
  return verdict.kind === 'valid' ? { ...verdict, notification } : verdict;
};

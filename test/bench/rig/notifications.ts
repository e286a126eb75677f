/** Notifications as API Gateway hands them on, each with a token that the stub's key has signed. */
import { asId } from '../../../shared/domain/ids.ts';
import { hour, instantAt, plusMs } from '../../../shared/domain/instant.ts';
import { createChannelToken, type WebhookKeys } from '../../../shared/notifications/channel-token.ts';

export type Notification = { headers: Record<string, string> };

/** What Google and the gateway send along. */
const others = {
  accept: '*/*',
  'accept-encoding': 'gzip,deflate,br',
  'content-length': '0',
  host: 'hooks.example.com',
  'user-agent': 'APIs-Google; (+https://developers.google.com/webmasters/APIs-Google)',
  'x-amzn-trace-id': 'Root=1-67891233-abcdef012345678912345678',
  'x-forwarded-for': '66.102.8.1',
  'x-forwarded-port': '443',
  'x-forwarded-proto': 'https',
};

export const notificationsOf = (keys: WebhookKeys, count: number): Notification[] =>
  Array.from({ length: count }, (_, index) => {
    const channelId = `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`;
    const calendarKey = asId<Parameters<typeof createChannelToken>[2]['calendarKey']>(String(index).padStart(22, 'k'));
    const claims = { calendarKey, connectGeneration: 1, expiresAt: plusMs(instantAt(Date.now()), 24 * hour) };
    return {
      headers: {
        ...others,
        'x-goog-channel-id': channelId,
        'x-goog-channel-token': createChannelToken(keys, asId(channelId), claims),
        'x-goog-channel-expiration': 'Sun, 29 Nov 2026 03:00:00 GMT',
        'x-goog-message-number': String(index + 1),
        'x-goog-resource-id': 'o3hgv1538sdjfh',
        'x-goog-resource-state': 'exists',
        'x-goog-resource-uri': 'https://www.googleapis.com/calendar/v3/calendars/barber%40example.com/events?alt=json',
      },
    };
  });

/** The same with another's signature. */
export const forged = ({ headers }: Notification): Notification => ({
  headers: { ...headers, 'x-goog-channel-id': 'another-channel' },
});

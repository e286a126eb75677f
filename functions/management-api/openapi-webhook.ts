/** Google's door in the OpenAPI document: another function answers there, so it is described and not generated. */
import { webhookPath } from '../../shared/notifications/webhook-path.ts';

const header = (name: string, description: string, required: boolean) => ({
  name,
  in: 'header' as const,
  description,
  required,
  schema: { type: 'string' },
});

export const webhookPaths = {
  [webhookPath]: {
    post: {
      operationId: 'googleCalendarWebhook',
      summary: 'Where Google says that a calendar has changed; not called by clients',
      description: 'Google sends headers alone: https://developers.google.com/calendar/api/guides/push',
      security: [],
      parameters: [
        header('x-goog-channel-id', 'The channel, by the id that we gave it', true),
        header(
          'x-goog-channel-token',
          'What we gave Google for this channel: it proves that the caller is Google',
          true,
        ),
        header('x-goog-resource-id', 'What is watched, by Google’s name', true),
        header('x-goog-resource-state', '`sync` once the channel is there, then `exists` or `not_exists`', true),
        header('x-goog-message-number', '1 for `sync`, then rising, not by one each', true),
        header('x-goog-resource-uri', 'Where what is watched is found', false),
        header('x-goog-channel-expiration', 'When the channel ends, in words', false),
      ],
      responses: {
        204: { description: 'The calendar will be synced' },
        404: { description: 'Not a notification of Google’s to one of our channels; the same to every stranger' },
        500: { description: 'It was not kept. Google sends it again' },
        503: { description: 'It could not be kept. Google sends it again' },
      },
    },
  },
};

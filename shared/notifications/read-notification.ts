/** Reads Google's push headers: strict, because anyone can post to the webhook. The body is empty and never read. */
import * as z from 'zod/mini';

/**
 * Header names as API Gateway's payload format 2.0 gives them: lower case, a repeated header joined with commas.
 * No pattern lets a doubled value through, so a doubled header is refused with the malformed ones.
 * https://developers.google.com/workspace/calendar/api/guides/push
 */
const headersSchema = z.object({
  'x-goog-channel-id': z.string().check(z.regex(/^[A-Za-z0-9_-]{1,64}$/)),
  'x-goog-channel-token': z.string().check(z.regex(/^[A-Za-z0-9._-]{1,256}$/)),
  'x-goog-message-number': z.string().check(z.regex(/^[1-9][0-9]{0,18}$/)),
  'x-goog-resource-id': z.string().check(z.regex(/^[\x21-\x2b\x2d-\x7e]{1,256}$/)),
  'x-goog-resource-state': z.enum(['sync', 'exists', 'not_exists']),
  // Checked when they are there, and not used: what is not signed is never fetched from.
  'x-goog-resource-uri': z.optional(z.string().check(z.regex(/^https?:\/\/[^\s,]{1,2000}$/))),
  'x-goog-channel-expiration': z.optional(
    z.string().check(z.regex(/^[A-Z][a-z]{2}, \d{1,2} [A-Z][a-z]{2} \d{4} [\d:]{8} GMT$/)),
  ),
});

export type Notification = {
  channelId: string;
  token: string;
  /** 1 for `sync`, then strictly larger with gaps. */
  messageNumber: string;
  resourceId: string;
  resourceState: 'sync' | 'exists' | 'not_exists';
};

/** Returns undefined when any header is missing, malformed, over-long or doubled. */
export const readNotification = (headers: Record<string, string | undefined>): Notification | undefined => {
  const { success, data } = headersSchema.safeParse(headers);
  if (!success) return undefined;
  return {
    channelId: data['x-goog-channel-id'],
    token: data['x-goog-channel-token'],
    messageNumber: data['x-goog-message-number'],
    resourceId: data['x-goog-resource-id'],
    resourceState: data['x-goog-resource-state'],
  };
};

/** Hints that were given up: what is told of them, and what an administrator can have done. Never a body. */
import * as z from 'zod/mini';
import { filled, plainText } from './wire-values.ts';

const deadLetter = z.strictObject({
  id: z.string(),
  calendarId: z.optional(z.string().check(z.describe('This and the next two: while there is such a calendar'))),
  summary: z.optional(z.string()),
  userId: z.optional(z.string()),
  reason: z.string().check(z.describe('Why the hint was sent: notification, appointment, sweep, …; or “unreadable”')),
  chainId: z.optional(z.string().check(z.describe('What the logs know it by'))),
  sentAt: z.iso.datetime(),
  receiveCount: z.int().check(z.describe('How often it was received, by this list too')),
  trouble: z.optional(
    z
      .strictObject({ since: z.iso.datetime(), failures: z.int(), reason: z.string() })
      .check(z.describe('What keeps the calendar from being synced')),
  ),
  advice: z.string().check(z.describe('The next step')),
});

const more = z
  .boolean()
  .check(z.describe('Whether there are, as far as SQS knows, letters that this request has not come to'));

export const deadLettersReply = z.strictObject({
  items: z.array(deadLetter).check(z.maxLength(100), z.describe('Of one calendar the first ten at most')),
  more,
});

const ids = z.exactOptional(
  z.array(filled(100)).check(z.minLength(1), z.maxLength(100), z.describe('All, unless some are named')),
);

export const redriveBody = z.strictObject({ ids });

export const redriveReply = z.strictObject({
  redriven: z.array(z.string()).check(z.describe('Sent again; one that cannot be read stays')),
  more,
});

export const discardBody = z.strictObject({
  ids,
  reason: plainText.check(z.trim(), z.minLength(1), z.maxLength(256), z.describe('It is logged')),
});

export const discardReply = z.strictObject({ discarded: z.array(z.string()), more });

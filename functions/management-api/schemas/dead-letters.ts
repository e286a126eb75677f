/** Hints that were given up: what is told of them, and what an administrator can have done. Never a body. */
import * as z from 'zod';
import { plainText } from './wire-values.ts';

const deadLetter = z.strictObject({
  id: z.string(),
  calendarId: z.string().describe('This and the next two: while there is such a calendar').optional(),
  summary: z.string().optional(),
  userId: z.string().optional(),
  reason: z.string().describe('Why the hint was sent: notification, appointment, sweep, …; or “unreadable”'),
  chainId: z.string().describe('What the logs know it by').optional(),
  sentAt: z.iso.datetime(),
  receiveCount: z.int().describe('How often it was received, by this list too'),
  trouble: z
    .strictObject({ since: z.iso.datetime(), failures: z.int(), reason: z.string() })
    .describe('What keeps the calendar from being synced')
    .optional(),
  advice: z.string().describe('The next step'),
});

const more = z.boolean().describe('Whether there are, as far as SQS knows, letters that this request has not come to');

export const deadLettersReply = z.strictObject({
  items: z.array(deadLetter).max(100).describe('Of one calendar the first ten at most'),
  more,
});

const ids = z.array(z.string().min(1).max(100)).min(1).max(100).describe('All, unless some are named').exactOptional();

export const redriveBody = z.strictObject({ ids });

export const redriveReply = z.strictObject({
  redriven: z.array(z.string()).describe('Sent again; one that cannot be read stays'),
  more,
});

export const discardBody = z.strictObject({ ids, reason: plainText.trim().min(1).max(256).describe('It is logged') });

export const discardReply = z.strictObject({ discarded: z.array(z.string()), more });

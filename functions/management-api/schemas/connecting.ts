/** Connecting a Google account: where to go for consent, and how one comes back. */
import * as z from 'zod/mini';
import { filled } from './wire-values.ts';

export const connectQuery = z.strictObject({
  returnTo: z.optional(filled(64)),
  replaceAccount: z.optional(
    z
      .pipe(
        z.enum(['true', 'false']),
        z.transform((text) => text === 'true'),
      )
      .check(z.describe('Another account may take the place of the one that is connected')),
  ),
});

export const connectReply = z.strictObject({ authorizationUrl: z.url() });

/** Google adds parameters of its own (`scope`, `authuser`, …), so unknown ones are let pass here and only here. */
export const callbackQuery = z
  .object({
    state: filled(256),
    code: z.optional(filled(2048)),
    error: z.optional(filled(256)),
  })
  .check(
    z.refine(({ code, error }) => code !== undefined || error !== undefined, { path: ['code'], error: 'Required' }),
  );

export const callbackReply = z.strictObject({ connected: z.literal(true), account: z.string(), calendars: z.int() });

export const disconnectBody = z.strictObject({
  blocks: z._default(
    z
      .enum(['keep', 'release'])
      .check(z.describe('Whether the blocks ahead go on taking time; bookings stay as they are')),
    'keep',
  ),
});

export const disconnectReply = z.strictObject({
  disconnected: z.literal(true),
  revoked: z.boolean().check(z.describe('Whether Google is known to honour the grant no longer')),
  message: z.string().check(z.describe('What Google was told, and what is left to do')),
  more: z.boolean().check(z.describe('Whether there are more blocks to release: the same request goes on')),
});

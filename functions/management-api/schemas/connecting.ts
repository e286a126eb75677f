/** Connecting a Google account: where to go for consent, and how one comes back. */
import * as z from 'zod';

export const connectQuery = z.strictObject({
  returnTo: z.string().min(1).max(64).optional(),
  replaceAccount: z
    .enum(['true', 'false'])
    .transform((text) => text === 'true')
    .describe('Another account may take the place of the one that is connected')
    .optional(),
});

export const connectReply = z.strictObject({ authorizationUrl: z.url() });

/** Google adds parameters of its own (`scope`, `authuser`, …), so unknown ones are let pass here and only here. */
export const callbackQuery = z
  .object({
    state: z.string().min(1).max(256),
    code: z.string().min(1).max(2048).optional(),
    error: z.string().min(1).max(256).optional(),
  })
  .refine(({ code, error }) => code !== undefined || error !== undefined, { path: ['code'], error: 'Required' });

export const callbackReply = z.strictObject({ connected: z.literal(true), account: z.string(), calendars: z.int() });

export const disconnectBody = z.strictObject({
  blocks: z
    .enum(['keep', 'release'])
    .describe('Whether the blocks ahead go on taking time; bookings stay as they are')
    .default('keep'),
});

export const disconnectReply = z.strictObject({
  disconnected: z.literal(true),
  revoked: z.boolean().describe('Whether Google is known to honour the grant no longer'),
  message: z.string().describe('What Google was told, and what is left to do'),
  more: z.boolean().describe('Whether there are more blocks to release: the same request goes on'),
});

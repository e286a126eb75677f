/** Connecting a Google account: where to go for consent, and how one comes back. */
import * as z from 'zod';

export const connectQuery = z.strictObject({ returnTo: z.string().min(1).max(64).optional() });

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

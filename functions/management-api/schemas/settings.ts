/** What a user chooses about the connection. */
import * as z from 'zod/mini';
import { conflictPolicies, type Settings } from '../../../shared/domain/settings.ts';

export const settings = z.strictObject({
  conflictPolicy: z.enum(conflictPolicies).check(z.describe('Who wins where both sides have changed the same thing')),
  shared: z
    .strictObject({
      service: z.boolean(),
      clientName: z.boolean(),
      clientContact: z.boolean(),
      price: z.boolean(),
      location: z.boolean(),
      notes: z.boolean(),
    })
    .check(z.describe('Which parts of a booking Google is told')),
  readPrivateText: z.boolean().check(z.describe('Whether the text of private events is stored here')),
}) satisfies z.ZodMiniType<Settings>;

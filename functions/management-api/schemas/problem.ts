/** Problem details. What a kind of problem adds is there with that kind only. */
import * as z from 'zod/mini';
import { appointment, clash } from './appointments.ts';
import { conflict } from './conflicts.ts';

export const problemReply = z
  .strictObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    errors: z.optional(z.array(z.strictObject({ field: z.string(), message: z.string() }))),
    conflicts: z.optional(z.array(clash).check(z.describe('Of double-booking: what takes the time already'))),
    conflict: z.optional(conflict.check(z.describe('Of a decision that was refused: the review item as it is now'))),
    appointment: z.optional(appointment.check(z.describe('Of version-mismatch: the appointment as it is now'))),
  })
  .check(
    z.meta({
      examples: [
        {
          type: 'urn:bookedbarber:problem:invalid-request',
          title: 'The request is invalid',
          status: 400,
          detail: 'The request is not as it should be',
          errors: [{ field: 'timeZone', message: 'Required' }],
        },
      ],
    }),
  );

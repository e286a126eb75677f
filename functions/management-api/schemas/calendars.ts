/** The calendars of a connection: which are synced, and which one takes the bookings. */
import * as z from 'zod';
import { statusReply } from './sync.ts';

const shown = statusReply.shape.calendars.element.pick({
  calendarId: true,
  summary: true,
  role: true,
  enabled: true,
  state: true,
  reason: true,
});

export const calendar = shown.extend({
  timeZone: z.string().describe('IANA'),
  writable: z.boolean().describe('Whether Google lets the account write to it: else it cannot take the bookings'),
});

export const calendarsReply = z.strictObject({ items: z.array(calendar) });

export const calendarPath = z.strictObject({ calendarId: z.string().describe('URL-encoded') });

export const calendarSwitches = z.strictObject({
  enabled: z.boolean(),
  role: z.enum(['bookings', 'blocks']).describe('One calendar takes the bookings; events of the others only take time'),
});

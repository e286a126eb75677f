/** The calendars of a connection: which are synced, and which one takes the bookings. */
import * as z from 'zod/mini';
import { calendarStatus } from './sync.ts';

const shown = z.pick(calendarStatus, {
  calendarId: true,
  summary: true,
  role: true,
  enabled: true,
  state: true,
  reason: true,
});

export const calendar = z.extend(shown, {
  timeZone: z.string().check(z.describe('IANA')),
  writable: z
    .boolean()
    .check(z.describe('Whether Google lets the account write to it: else it cannot take the bookings')),
});

export const calendarsReply = z.strictObject({ items: z.array(calendar) });

export const calendarPath = z.strictObject({ calendarId: z.string().check(z.describe('URL-encoded')) });

export const calendarSwitches = z.strictObject({
  enabled: z.boolean(),
  role: z
    .enum(['bookings', 'blocks'])
    .check(z.describe('One calendar takes the bookings; events of the others only take time')),
});

/** What goes over the wire, as zod: requests are checked by it and the OpenAPI document is made from it. */
import * as z from 'zod';

const dateOrTime = z.union([z.iso.datetime({ offset: true }), z.iso.date()], 'Must be a date or an RFC 3339 time');

/** Beyond these years lies a mistake. */
const moment = dateOrTime.refine((text) => /^(19[7-9]|20|21)\d/.test(text), 'Must lie in the years 1970 to 2199');

export const connectQuery = z.strictObject({ returnTo: z.string().min(1).max(64).optional() });

/** Google adds parameters of its own (`scope`, `authuser`, …), so unknown ones are let pass here and only here. */
export const callbackQuery = z
  .object({
    state: z.string().min(1).max(256),
    code: z.string().min(1).max(2048).optional(),
    error: z.string().min(1).max(256).optional(),
  })
  .refine(({ code, error }) => code !== undefined || error !== undefined, { path: ['code'], error: 'Required' });

export const noQuery = z.strictObject({});
export const noBody = z.strictObject({}).optional();

export const maxPageSize = 500;

export const appointmentsQuery = z.strictObject({
  from: moment.optional(),
  to: moment.optional(),
  limit: z
    .string()
    .regex(/^\d{1,4}$/, 'Must be a whole number')
    .transform(Number)
    .pipe(z.int().min(1).max(maxPageSize))
    .default(100),
  cursor: z.string().min(1).max(512).optional(),
  include: z.literal('cancelled').optional(),
});

export const connectReply = z.strictObject({ authorizationUrl: z.url() });

export const callbackReply = z.strictObject({ connected: z.literal(true), account: z.string(), calendars: z.int() });

const syncState = z.strictObject({
  state: z.enum(['synced', 'pending', 'conflict', 'quarantined']),
  reason: z.string().optional(),
});

export const appointment = z.strictObject({
  id: z.string(),
  kind: z.enum(['booking', 'block']),
  status: z.enum(['confirmed', 'cancelled']),
  title: z.string(),
  service: z.string().optional(),
  clientName: z.string().optional(),
  start: dateOrTime.describe('RFC 3339 with offset, or a date when all day'),
  end: dateOrTime.describe('Exclusive'),
  timeZone: z.string().describe('IANA'),
  allDay: z.boolean(),
  location: z.string().optional(),
  notes: z.string().optional(),
  version: z.int(),
  updatedAt: z.iso.datetime(),
  calendar: z
    .strictObject({ calendarId: z.string(), eventId: z.string(), recurringEventId: z.string().optional() })
    .optional(),
  sync: syncState,
});

export const appointmentsReply = z.strictObject({ items: z.array(appointment), nextCursor: z.string().optional() });

const calendarStatus = z.strictObject({
  calendarId: z.string(),
  summary: z.string(),
  role: z.enum(['bookings', 'blocks']),
  enabled: z.boolean(),
  /** `polled`: it has no channel, so changes are found by the sweep only. */
  state: z.enum(['disabled', 'needs_reauth', 'initial_sync', 'polled', 'synced']),
  initialSyncComplete: z.boolean(),
  channel: z
    .strictObject({ id: z.string(), state: z.enum(['creating', 'active']), expiresAt: z.iso.datetime() })
    .optional(),
  lastNotificationAt: z.iso.datetime().optional(),
  lastSyncAt: z.iso.datetime().optional(),
});

export const statusReply = z.strictObject({
  realTimeSync: z.enum(['enabled', 'disabled']),
  connection: z.strictObject({
    state: z.enum(['connected', 'needs_reauth', 'disconnected']),
    account: z.string().optional(),
  }),
  calendars: z.array(calendarStatus),
});

export const problemReply = z.strictObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  errors: z.array(z.strictObject({ field: z.string(), message: z.string() })).optional(),
});

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

const pageSize = (largest: number, usual: number) =>
  z
    .string()
    .regex(/^\d{1,4}$/, 'Must be a whole number')
    .transform(Number)
    .pipe(z.int().min(1).max(largest))
    .default(usual);

const pageCursor = z.string().min(1).max(512).optional();

export const appointmentsQuery = z.strictObject({
  from: moment.optional(),
  to: moment.optional(),
  limit: pageSize(500, 100),
  cursor: pageCursor,
  include: z.literal('cancelled').optional(),
});

export const syncLogsQuery = z.strictObject({ limit: pageSize(200, 50), cursor: pageCursor });

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

export const syncLogEntry = z.strictObject({
  id: z.string(),
  at: z.iso.datetime(),
  appointmentId: z.string(),
  version: z.int(),
  action: z.string().describe('create, update, restore, cancel, park-appointment, …'),
  actor: z.string().describe('Who changed it: google, …'),
  chainId: z.string().describe('Ties together what one notification, request or sweep has caused'),
  calendar: z.strictObject({ calendarId: z.string(), eventId: z.string() }),
  before: appointment.optional(),
  after: appointment,
});

export const syncLogsReply = z.strictObject({ items: z.array(syncLogEntry), nextCursor: z.string().optional() });

export const syncReply = z.strictObject({ id: z.string().describe('The chainId of what this sync changes') });

export const sweepReply = z.strictObject({ hints: z.int().describe('How many calendars were due') });

const calendarStatus = z.strictObject({
  calendarId: z.string(),
  summary: z.string(),
  role: z.enum(['bookings', 'blocks']),
  enabled: z.boolean(),
  /** `polled`: it has no channel, so changes are found by the sweep only. `degraded`: the last sync failed. */
  state: z.enum(['disabled', 'needs_reauth', 'degraded', 'initial_sync', 'polled', 'synced']),
  reason: z.string().describe('Why it is degraded, or disabled by no choice of anyone’s').optional(),
  initialSyncComplete: z.boolean(),
  quarantined: z.int().describe('Events that are set aside because they cannot be read'),
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
  /** The last sync that was asked for. */
  manualSync: z
    .strictObject({ id: z.string(), requestedAt: z.iso.datetime(), state: z.enum(['running', 'done']) })
    .optional(),
});

export const problemReply = z.strictObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  errors: z.array(z.strictObject({ field: z.string(), message: z.string() })).optional(),
});

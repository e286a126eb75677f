/** Appointments: as they are shown, and as they are asked for. */
import * as z from 'zod';
import { dateOrTime, inOurTime, notATime, notInOurTime, pageCursor, pageSize, plainText } from './wire-values.ts';

const price = z.strictObject({
  amount: z.int().min(0).max(1_000_000_000_000).describe('In the currency’s smallest unit'),
  currency: z
    .string()
    .refine((code) => currencies.has(code), 'Must be an ISO 4217 code, such as EUR')
    .describe('ISO 4217'),
});
const currencies = new Set(Intl.supportedValuesOf('currency'));

const syncState = z.strictObject({
  state: z.enum(['local', 'pending', 'synced', 'conflict', 'quarantined']),
  reason: z.string().describe('Why the last attempt failed, or why it is quarantined').optional(),
  conflictId: z.string().describe('The review item that it waits for').optional(),
});

export const ownedFields = z.strictObject({
  title: z.string(),
  start: dateOrTime.describe('RFC 3339 with offset, or a date when all day'),
  end: dateOrTime.describe('Exclusive'),
  timeZone: z.string().describe('IANA'),
  allDay: z.boolean(),
  location: z.string().optional(),
  notes: z.string().optional(),
});

export const appointment = z.strictObject({
  id: z.string(),
  kind: z.enum(['booking', 'block']),
  status: z.enum(['confirmed', 'cancelled']),
  ...ownedFields.shape,
  service: z.string().optional(),
  clientName: z.string().optional(),
  clientContact: z.string().optional(),
  price: price.optional(),
  version: z.int(),
  updatedAt: z.iso.datetime(),
  calendar: z
    .strictObject({ calendarId: z.string(), eventId: z.string(), recurringEventId: z.string().optional() })
    .describe('The event that it stands for; none unless it is, or is about to be, in a calendar')
    .optional(),
  sync: syncState,
});

/** What an appointment is told by when it stands in the way of another. */
export const clash = appointment.pick({ id: true, title: true, start: true, end: true });

const moment = dateOrTime.refine(inOurTime, notInOurTime);

export const appointmentsQuery = z.strictObject({
  from: moment.optional(),
  to: moment.optional(),
  limit: pageSize(500, 100),
  cursor: pageCursor,
  include: z.literal('cancelled').optional(),
});

export const appointmentsReply = z.strictObject({ items: z.array(appointment), nextCursor: z.string().optional() });

const wholeMinute = z.iso.datetime({ offset: true, precision: -1 }); // The seconds that RFC 3339 asks for are left out.
const bookingTime = z
  .union([z.iso.datetime({ offset: true, local: true }), wholeMinute, z.iso.date()], { error: notATime })
  .refine(inOurTime, notInOurTime);

const longestTitle = 1_024;
const longestNotes = 8_192;
const longestName = 256;

/** An empty text is none. */
const text = (longest: number) =>
  plainText
    .trim()
    .max(longest)
    .transform((given) => given || null);

const title = plainText.trim().min(1).max(longestTitle).exactOptional();
const timeZone = z.string().min(1).max(64).describe('IANA; a bare offset is none');
const allowOverlap = z.boolean().describe('Book even if the time is taken').default(false);

export const newAppointment = z
  .strictObject({
    title: title.describe('When left out it is made of service and client'),
    service: text(longestName).exactOptional(),
    clientName: text(longestName).exactOptional(),
    clientContact: text(longestName).exactOptional(),
    price: price.exactOptional(),
    start: bookingTime.describe('RFC 3339; without an offset in `timeZone`. A date when all day'),
    end: bookingTime.describe('Exclusive; at most 31 days after the start'),
    timeZone,
    allDay: z.boolean().default(false),
    location: text(longestTitle).exactOptional(),
    notes: text(longestNotes).exactOptional(),
    allowOverlap,
  })
  .meta({
    examples: [
      {
        service: 'Haircut',
        clientName: 'Ada',
        price: { amount: 4500, currency: 'USD' },
        start: '2027-05-03T12:00:00',
        end: '2027-05-03T12:45:00',
        timeZone: 'America/New_York',
      },
    ],
  });

/** Null takes a part away; what is left out stays. */
export const appointmentEdit = z.strictObject({
  title,
  service: text(longestName).nullable().exactOptional(),
  clientName: text(longestName).nullable().exactOptional(),
  clientContact: text(longestName).nullable().exactOptional(),
  price: price.nullable().exactOptional(),
  start: bookingTime.exactOptional(),
  end: bookingTime.exactOptional(),
  timeZone: timeZone.exactOptional(),
  allDay: z.boolean().exactOptional(),
  location: text(longestTitle).nullable().exactOptional(),
  notes: text(longestNotes).nullable().exactOptional(),
  allowOverlap,
  version: z.int().min(1).describe('As If-Match: refused when it is not the current one').exactOptional(),
});

export const appointmentPath = z.strictObject({ id: z.string() });

export const idempotencyHeaders = z.strictObject({
  'idempotency-key': z
    .string()
    .regex(/^[\x20-\x7e]{1,128}$/, 'Must be 1 to 128 printable characters')
    .describe('The same request with the same key makes one appointment, however often it is sent')
    .exactOptional(),
});

export const versionHeaders = z.strictObject({
  'if-match': z
    .string()
    .regex(/^"[1-9]\d{0,8}"$/, 'Must be an ETag that we gave: the version in quotes')
    .describe('The version that the change is meant for, as the ETag gave it')
    .exactOptional(),
});

export const appointmentHeaders = z.strictObject({ etag: z.string().describe('The version in quotes') });
export const createdHeaders = appointmentHeaders.extend({ location: z.string().describe('Where the appointment is') });

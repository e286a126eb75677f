/** Appointments: as they are shown, and as they are asked for. */
import * as z from 'zod/mini';
import { longestNotes, longestTitle } from '../../../shared/domain/appointment.ts';
import {
  dateOrTime,
  filled,
  inOurTime,
  notATime,
  notInOurTime,
  pageCursor,
  pageSize,
  plainText,
} from './wire-values.ts';

const price = z.strictObject({
  amount: z.int().check(z.minimum(0), z.maximum(1_000_000_000_000), z.describe('In the currency’s smallest unit')),
  currency: z.string().check(
    z.refine((code) => currencies.has(code), 'Must be an ISO 4217 code, such as EUR'),
    z.describe('ISO 4217'),
  ),
});
const currencies = new Set(Intl.supportedValuesOf('currency'));

const syncState = z.strictObject({
  state: z.enum(['local', 'pending', 'synced', 'conflict', 'quarantined']),
  reason: z.optional(z.string().check(z.describe('Why the last attempt failed, or why it is quarantined'))),
  conflictId: z.optional(z.string().check(z.describe('The review item that it waits for'))),
});

export const ownedFields = z.strictObject({
  title: z.string(),
  start: dateOrTime.check(z.describe('RFC 3339 with offset, or a date when all day')),
  end: dateOrTime.check(z.describe('Exclusive')),
  timeZone: z.string().check(z.describe('IANA')),
  allDay: z.boolean(),
  location: z.optional(z.string()),
  notes: z.optional(z.string()),
});

export const appointment = z.strictObject({
  id: z.string(),
  kind: z.enum(['booking', 'block']),
  status: z.enum(['confirmed', 'cancelled']),
  ...ownedFields.shape,
  service: z.optional(z.string()),
  clientName: z.optional(z.string()),
  clientContact: z.optional(z.string()),
  price: z.optional(price),
  version: z.int(),
  updatedAt: z.iso.datetime(),
  calendar: z.optional(
    z
      .strictObject({ calendarId: z.string(), eventId: z.string(), recurringEventId: z.optional(z.string()) })
      .check(z.describe('The event that it stands for; none unless it is, or is about to be, in a calendar')),
  ),
  sync: syncState,
});

/** What an appointment is told by when it stands in the way of another. */
export const clash = z.pick(appointment, { id: true, title: true, start: true, end: true });

const moment = dateOrTime.check(z.refine(inOurTime, notInOurTime));

export const appointmentsQuery = z.strictObject({
  from: z.optional(moment),
  to: z.optional(moment),
  limit: pageSize(500, 100),
  cursor: pageCursor,
  include: z.optional(z.literal('cancelled')),
});

export const appointmentsReply = z.strictObject({ items: z.array(appointment), nextCursor: z.optional(z.string()) });

const wholeMinute = z.iso.datetime({ offset: true, precision: -1 }); // The seconds that RFC 3339 asks for are left out.
const bookingTime = z
  .union([z.iso.datetime({ offset: true, local: true }), wholeMinute, z.iso.date()], { error: notATime })
  .check(z.refine(inOurTime, notInOurTime));

const longestName = 256;

/** An empty text is none. */
const text = (longest: number) =>
  z.pipe(
    plainText.check(z.trim(), z.maxLength(longest)),
    z.transform((given) => given || null),
  );

const title = z.exactOptional(plainText.check(z.trim(), z.minLength(1), z.maxLength(longestTitle)));
const timeZone = filled(64).check(z.describe('IANA; a bare offset is none'));
const allowOverlap = z._default(z.boolean().check(z.describe('Book even if the time is taken')), false);

export const newAppointment = z
  .strictObject({
    title: title.check(z.describe('When left out it is made of service and client')),
    service: z.exactOptional(text(longestName)),
    clientName: z.exactOptional(text(longestName)),
    clientContact: z.exactOptional(text(longestName)),
    price: z.exactOptional(price),
    start: bookingTime.check(z.describe('RFC 3339; without an offset in `timeZone`. A date when all day')),
    end: bookingTime.check(z.describe('Exclusive; at most 31 days after the start')),
    timeZone,
    allDay: z._default(z.boolean(), false),
    location: z.exactOptional(text(longestTitle)),
    notes: z.exactOptional(text(longestNotes)),
    allowOverlap,
  })
  .check(
    z.meta({
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
    }),
  );

/** Null takes a part away; what is left out stays. */
export const appointmentEdit = z.strictObject({
  title,
  service: z.exactOptional(z.nullable(text(longestName))),
  clientName: z.exactOptional(z.nullable(text(longestName))),
  clientContact: z.exactOptional(z.nullable(text(longestName))),
  price: z.exactOptional(z.nullable(price)),
  start: z.exactOptional(bookingTime),
  end: z.exactOptional(bookingTime),
  timeZone: z.exactOptional(timeZone),
  allDay: z.exactOptional(z.boolean()),
  location: z.exactOptional(z.nullable(text(longestTitle))),
  notes: z.exactOptional(z.nullable(text(longestNotes))),
  allowOverlap,
  version: z.exactOptional(
    z.int().check(z.minimum(1), z.describe('As If-Match: refused when it is not the current one')),
  ),
});

export const appointmentPath = z.strictObject({ id: z.string() });

export const idempotencyHeaders = z.strictObject({
  'idempotency-key': z.exactOptional(
    z
      .string()
      .check(
        z.regex(/^[\x20-\x7e]{1,128}$/, 'Must be 1 to 128 printable characters'),
        z.describe('The same request with the same key makes one appointment, however often it is sent'),
      ),
  ),
});

export const versionHeaders = z.strictObject({
  'if-match': z.exactOptional(
    z
      .string()
      .check(
        z.regex(/^"[1-9]\d{0,8}"$/, 'Must be an ETag that we gave: the version in quotes'),
        z.describe('The version that the change is meant for, as the ETag gave it'),
      ),
  ),
});

export const appointmentHeaders = z.strictObject({ etag: z.string().check(z.describe('The version in quotes')) });
export const createdHeaders = z.extend(appointmentHeaders, {
  location: z.string().check(z.describe('Where the appointment is')),
});

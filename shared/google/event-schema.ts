/** Google's wire shape of an event → a domain event. Google's data is a stranger's: nothing is believed before it is parsed. */
import * as z from 'zod/mini';
import type { CalendarEvent, EventChange, Whose } from '../domain/calendar-event.ts';
import { asId, type EventId } from '../domain/ids.ts';
import { instantAt } from '../domain/instant.ts';

/** The private extended property that says whose an event is: only this calendar's copy bears it. */
export const markProperty = 'bookedBarber';

/** The parts of an event that are asked for; `events.list` sends nothing else. */
export const eventFields = [
  'id,status,etag,updated,eventType,transparency,visibility,summary,description,location,start,end,recurringEventId',
  'attendees(self,responseStatus)',
  `extendedProperties/private/${markProperty}`,
].join();

const timeSchema = z.union([
  z.object({
    dateTime: z.iso.datetime({ offset: true, local: true }),
    timeZone: z.optional(z.string().check(z.minLength(1))),
  }),
  z.object({ date: z.iso.date() }),
]);

const propertiesSchema = z.optional(
  z.object({ private: z.optional(z.object({ [markProperty]: z.optional(z.string()) })) }),
);

const updatedSchema = z.iso.datetime({ offset: true }).check(z.refine((text) => /^(19|2\d)/.test(text)));

const liveSchema = z.object({
  id: z.string().check(z.minLength(1), z.maxLength(1024)),
  etag: z.string().check(z.minLength(1), z.maxLength(1024)),
  updated: updatedSchema,
  eventType: z._default(z.string(), 'default'),
  transparency: z.optional(z.string()),
  visibility: z.optional(z.string()),
  summary: z.optional(z.string()),
  description: z.optional(z.string()),
  location: z.optional(z.string()),
  start: timeSchema,
  end: timeSchema,
  recurringEventId: z.optional(z.string().check(z.minLength(1), z.maxLength(1024))),
  attendees: z._default(
    z.array(z.object({ self: z.optional(z.boolean()), responseStatus: z.optional(z.string()) })),
    [],
  ),
  extendedProperties: propertiesSchema,
});

/**
 * A tombstone guarantees its id and nothing else; an organizer is shown what the event was, so that it can be restored:
 * https://developers.google.com/workspace/calendar/api/v3/reference/events#status
 */
const tombstoneSchema = z.object({
  id: z.string().check(z.minLength(1), z.maxLength(1024)),
  status: z.literal('cancelled'),
  start: z.catch(z.optional(timeSchema), undefined),
  updated: z.catch(z.optional(updatedSchema), undefined),
  extendedProperties: z.catch(propertiesSchema, undefined),
});

/** An item of a listing before it is parsed. */
export type WireEvent = { id: string; [field: string]: unknown };

export const parseEventChange = (wire: WireEvent): EventChange => {
  const tombstone = tombstoneSchema.safeParse(wire);
  if (tombstone.success) return toDeletion(tombstone.data);
  const live = liveSchema.safeParse(wire);
  if (live.success) return { kind: 'event', event: toEvent(live.data) };
  const { data: updated } = updatedSchema.safeParse(wire.updated);
  return {
    kind: 'unreadable',
    id: asId(wire.id),
    reason: reasonOf(live.error),
    ...(updated !== undefined && { updated: instantAt(Date.parse(updated)) }),
  };
};

const toDeletion = (wire: z.output<typeof tombstoneSchema>): EventChange => ({
  kind: 'deleted',
  id: asId(wire.id),
  ...(wire.start !== undefined && { shown: markOf(wire) }),
  ...(wire.updated !== undefined && { updated: instantAt(Date.parse(wire.updated)) }),
});

const markOf = ({ extendedProperties }: { extendedProperties?: z.output<typeof propertiesSchema> }): Whose => {
  const mark = extendedProperties?.private?.[markProperty];
  return mark === undefined ? {} : { mark };
};

const toEvent = (wire: z.output<typeof liveSchema>): CalendarEvent => {
  return {
    id: asId<EventId>(wire.id),
    etag: wire.etag,
    updated: instantAt(Date.parse(wire.updated)),
    eventType: wire.eventType,
    transparent: wire.transparency === 'transparent',
    declined: wire.attendees.some(({ self, responseStatus }) => self === true && responseStatus === 'declined'),
    confidential: wire.visibility === 'private' || wire.visibility === 'confidential',
    ...(wire.summary !== undefined && { summary: wire.summary }),
    ...(wire.description !== undefined && { description: wire.description }),
    ...(wire.location !== undefined && { location: wire.location }),
    start: toTime(wire.start),
    end: toTime(wire.end),
    ...(wire.recurringEventId !== undefined && { recurringEventId: asId<EventId>(wire.recurringEventId) }),
    ...markOf(wire),
  };
};

const toTime = (time: z.output<typeof timeSchema>): CalendarEvent['start'] => {
  if ('date' in time) return { kind: 'date', date: time.date };
  const { dateTime, timeZone } = time;
  return { kind: 'dateTime', dateTime, ...(timeZone !== undefined && { timeZone }) };
};

/** Names the field, never its value: reasons are shown and logged, event text is neither. */
const reasonOf = (error: z.core.$ZodError): string => {
  const paths = error.issues.map((issue) => issue.path.join('.'));
  return `Google sent an event that cannot be read: ${[...new Set(paths)].join(', ')}`;
};

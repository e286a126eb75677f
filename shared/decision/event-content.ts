/** An appointment as an event: what Google is told of it. translate.ts reads it back to the same fields. */
import type { FieldGroup, OwnedFields, Times } from '../domain/appointment.ts';
import type { EventContent, EventTime } from '../domain/calendar-event.ts';
import { withFooter } from './booking-text.ts';

/** The given groups, and nothing else of the event. An empty text takes away what is there. */
export const contentOf = (fields: OwnedFields, footer: string, groups: readonly FieldGroup[]): EventContent =>
  Object.assign({}, ...groups.map((group) => contents[group](fields, footer)));

const contents: Record<FieldGroup, (fields: OwnedFields, footer: string) => EventContent> = {
  title: ({ title }) => ({ summary: title }),
  location: ({ location }) => ({ location: location ?? '' }),
  notes: ({ notes }, footer) => ({ description: withFooter(notes, footer) }),
  times: (fields) => ({ times: { start: timeOf(fields, fields.start), end: timeOf(fields, fields.end) } }),
};

/** All day: civil dates, the end exclusive [F56]. Else the offset tells a doubled hour, and the zone the next year [F57]. */
export const timeOf = ({ allDay, timeZone }: Times, time: string): EventTime =>
  allDay ? { kind: 'date', date: time } : { kind: 'dateTime', dateTime: time, timeZone };

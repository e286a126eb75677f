/** The body of a request about an appointment, by what its parts are: text, details, times. */
import type * as z from 'zod/mini';
import type { appointmentEdit } from './schemas/appointments.ts';

type Body = Omit<z.infer<typeof appointmentEdit>, 'version' | 'allowOverlap'>;

export const partsOf = <Given extends Body>(body: Given) => ({
  ...pick(body, 'title'),
  text: pick(body, 'location', 'notes'),
  details: pick(body, 'service', 'clientName', 'clientContact', 'price'),
  times: pick(body, 'allDay', 'start', 'end', 'timeZone'),
});

/** Without the parts that are undefined. */
const pick = <Given extends object, Name extends keyof Given>(given: Given, ...names: Name[]): Pick<Given, Name> =>
  Object.fromEntries(names.filter((name) => Object.hasOwn(given, name)).map((name) => [name, given[name]])) as Pick<
    Given,
    Name
  >;

/** What a user asks for: a booking to make, or what to change of an appointment. Its form has been checked already. */
import type { BookingDetails, Times } from '../domain/appointment.ts';

type Text = { location?: string; notes?: string };

/** Null takes a part away; what is left out stays. */
export type Removable<Part> = { [Key in keyof Part]?: Part[Key] | null };

export type BookingRequest = {
  title?: string;
  text: Removable<Text>;
  details: Removable<BookingDetails>;
  times: Times;
};

export type BookingEdit = Omit<BookingRequest, 'times'> & { times: Partial<Times> };

export const applied = <Part extends object>(before: Part, edit: Removable<Part>): Part =>
  Object.fromEntries(Object.entries({ ...before, ...edit }).filter(([, value]) => value !== null)) as Part;

/** What may not be changed from here although its calendar takes bookings: what we cannot see, or is not the barber's. */
import { differing } from '../decision/compare.ts';
import { hiddenTitle } from '../decision/translate.ts';
import type { Appointment, OwnedFields } from '../domain/appointment.ts';

/** Two barbers share a calendar, and this event is a booking of the other one [R15]. An event that we made ourselves is not. */
export const isAnothersBooking = (block: Appointment): boolean =>
  block.link?.marked === true && block.link.idGeneration === undefined && isTextHidden(block);

/** Writing over a text that we were not shown would destroy it [R2]. The times we do know. */
export const overwritesHiddenText = (before: Appointment, after: OwnedFields): boolean =>
  isTextHidden(before) && differing(before.fields, after).some((group) => group !== 'times');

/** A block that may be private and shows no text counts as hidden: whether it was depends on earlier settings. */
const isTextHidden = ({ kind, link, fields }: Appointment): boolean => {
  const mayBeHidden = link?.confidential === true || link?.marked === true;
  const saysNothing = fields.title === hiddenTitle && fields.location === undefined && fields.notes === undefined;
  return kind === 'block' && mayBeHidden && saysNothing;
};

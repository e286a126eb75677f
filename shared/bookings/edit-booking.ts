/** An edit → the appointment as it is then. A block is edited as a booking is, but has no details. */

import { placeholderTitle, titleOf } from '../decision/booking-text.ts';
import { differing } from '../decision/compare.ts';
import type { Stamp } from '../decision/next-appointment.ts';
import type { Span } from '../decision/span.ts';
import { moved } from '../decision/sync-state.ts';
import { isToldAsShared } from '../decision/told-as-shared.ts';
import type { Appointment, BookingDetails, FieldGroup, OwnedFields } from '../domain/appointment.ts';
import type { Shared } from '../domain/settings.ts';
import { applied, type BookingEdit } from './booking-request.ts';
import { byUser } from './by-user.ts';
import { canonicalJson } from './canonical-json.ts';
import type { Destination } from './destination.ts';
import { toBeTold } from './to-be-told.ts';

/** `span`: the times after the edit, when it names any. */
export type Edit = { edit: BookingEdit; span?: Span | undefined };

/** Undefined when nothing changes. */
export const editBooking = (
  before: Appointment,
  { edit, span }: Edit,
  destination: Destination,
  stamp: Stamp,
): Appointment | undefined => {
  const { shared } = destination.settings;
  const content = contentAfter(before, { edit, span }, shared);
  if (canonicalJson(content) === canonicalJson(contentOf(before))) return undefined;

  const { details: _details, ...kept } = moved(before, byUser('update', stamp));
  const { fields, details } = content;
  const groups = differing(before.fields, fields);
  const changed: Appointment = {
    ...kept,
    fields,
    ...(Object.keys(details).length > 0 && { details }),
    ...(span && { startsAt: span.startsAt, endsAt: span.endsAt }),
    ...(groups.length > 0 && { edits: { ...before.edits, ...noted(groups, stamp) } }),
  };
  return isToldOf(before, changed, shared) ? toBeTold(changed, before, destination, stamp.now) : changed;
};

type Content = { fields: OwnedFields; details: BookingDetails };

const contentOf = ({ fields, details = {} }: Appointment): Content => ({ fields, details });

const contentAfter = (before: Appointment, { edit, span }: Edit, shared: Shared): Content => {
  const details = applied(before.details ?? {}, edit.details);
  const asked = isEchoOf(before, edit.title) ? undefined : edit.title;
  const title = asked ?? recomposed(before, details, shared);
  return { fields: applied(before.fields, { ...edit.text, ...span?.times, title }), details };
};

/** A form that sends back the placeholder title that the API showed has not chosen it: Google would be told [R15]. */
const isEchoOf = ({ fields, details }: Appointment, title: string | undefined): boolean =>
  fields.title === placeholderTitle && title === titleOf(details, { service: true, clientName: true });

/** Only the title that we have composed follows the details; what a person wrote stays. */
const recomposed = ({ kind, fields, details: before }: Appointment, details: BookingDetails, shared: Shared): string =>
  kind === 'booking' && fields.title === titleOf(before, shared) ? titleOf(details, shared) : fields.title;

const noted = (groups: FieldGroup[], { now }: Stamp) => Object.fromEntries(groups.map((group) => [group, now]));

/** Whether the change shows in Google: what is not shared does not. */
const isToldOf = (before: Appointment, after: Appointment, shared: Shared): boolean => {
  const groups = differing(before.fields, after.fields);
  if (after.kind === 'block') return groups.length > 0;
  return (
    !isToldAsShared(after, shared) || groups.some((group) => group === 'title' || group === 'times' || shared[group])
  );
};

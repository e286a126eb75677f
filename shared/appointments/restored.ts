/** A booking whose event was taken out of Google's bin: that one says what was shared when it was deleted. Pure. */

import { sameFields } from '../decision/compare.ts';
import { retitled } from '../decision/retitled.ts';
import { pendingAt, type Unshared } from '../decision/sync-state.ts';
import type { Appointment, OwnedFields } from '../domain/appointment.ts';
import type { Calendar } from '../domain/calendar.ts';
import type { Instant } from '../domain/instant.ts';
import type { Shared } from '../domain/settings.ts';

type Where = { calendar: Calendar; stamp: { now: Instant }; shared: Shared };

/** What that one was never told stays, and a title that names too much does not: it is pending where its fields differ. */
export const withUntold = (
  restored: Appointment,
  { fields: ours, link: known }: Appointment,
  { calendar, stamp, shared }: Where,
): Appointment => {
  const { kind, link, fields: theirs } = restored;
  if (kind === 'block' || link === undefined) return restored;
  const { untold: _untold, ...place } = link;
  const untold = known?.untold ?? [];
  const fields = { ...neverTold(ours, untold), ...theirs, title: retitled(restored, shared) };
  const next = { ...restored, fields, link: { ...place, ...(untold.length > 0 && { untold }) } };
  return sameFields(fields, theirs) ? next : { ...next, base: theirs, sync: pendingAt(calendar, stamp.now) };
};

/** What the event was never told, nobody has deleted from it [R2]. */
const neverTold = (ours: OwnedFields, untold: Unshared): Partial<OwnedFields> =>
  Object.fromEntries(untold.flatMap((part) => (ours[part] === undefined ? [] : [[part, ours[part]]])));

/** The appointment as a person wants it: in line with Google already, or with something left to tell it. */

import type { Appointment, Pending, SideState } from '../domain/appointment.ts';
import type { Instant } from '../domain/instant.ts';
import { sameSide } from './compare.ts';
import { momentsOf } from './moments.ts';
import { sideOf } from './sides.ts';
import { agreed, moved, pendingAt, type Written, withNextId } from './sync-state.ts';

/** `theirs` is what Google has. */
export const settle = (
  appointment: Appointment,
  { wanted, theirs }: { wanted: SideState; theirs: SideState },
  now: Written,
): Appointment => settled({ ...moved(appointment, now), ...asWanted(wanted) }, theirs);

/** The same of one that says what is wanted by now. */
export const settled = (next: Appointment, theirs: SideState): Appointment => {
  if (theirs === 'gone' && isPlanned(next)) return asPlanned(next);
  if (theirs === 'gone') return next.status === 'cancelled' ? agreed(next) : withNextId(next);
  if (!sameSide(sideOf(next), theirs)) return { ...toTell(next), base: theirs };
  return isUnderWay(next) ? { ...toTell(next), base: next.fields } : agreed(next);
};

/** Where it was on its way to, or where it is. */
export const pendingNow = ({ sync, link }: Appointment, now: Instant): Pending => {
  const place = sync.state === 'pending' ? sync.target : link;
  if (place === undefined) throw new Error('Google has never heard of it');
  return pendingAt({ key: place.calendarKey, calendarId: place.calendarId }, now);
};

const asWanted = (wanted: SideState) =>
  wanted === 'gone'
    ? { status: 'cancelled' as const }
    : { status: 'confirmed' as const, fields: wanted, ...momentsOf(wanted) };

/** Its next event is yet to be planned, or has an id that nobody has seen in Google yet: yet another one could make two [R3]. */
const isPlanned = ({ link }: Appointment): boolean =>
  link === undefined || (link.idGeneration !== undefined && link.observed === undefined);

/** Nor does anybody know whether it has been made by now, and deleted again: Google is asked, and the person's word holds. */
const asPlanned = (next: Appointment): Appointment => ({
  ...toTell(next),
  ...(next.status === 'cancelled' && { base: next.fields }),
  sync: { ...pendingNow(next, next.updatedAt), prefer: 'bookedbarber' },
});

/** Google may have been told otherwise since, so it is asked. */
const isUnderWay = ({ sync, link }: Appointment): boolean =>
  sync.state === 'pending' || link?.sent !== undefined || link?.deleting === true;

/** The person's word is newer than every edit. */
const toTell = (next: Appointment): Appointment => {
  const { base: _base, edits: _edits, ...rest } = next;
  return { ...rest, sync: pendingNow(next, next.updatedAt) };
};

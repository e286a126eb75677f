/** The appointment as a person wants it: in line with Google already, or with something left to tell it. */

import { fingerprintOf } from '../decision/compare.ts';
import { agreed, moved, pendingAt, recreated, type Written } from '../decision/sync-state.ts';
import type { Appointment, Pending } from '../domain/appointment.ts';
import type { SideState } from '../domain/conflict.ts';
import type { Instant } from '../domain/instant.ts';
import { momentsOf } from './moments.ts';

/** `theirs` is what Google has. */
export const settle = (
  appointment: Appointment,
  { wanted, theirs }: { wanted: SideState; theirs: SideState },
  now: Written,
): Appointment => {
  const next = { ...appointment, ...asWanted(wanted) };
  if (theirs === 'gone' && isPlanned(appointment)) return asPlanned(next, now);
  if (wanted === 'gone' && theirs === 'gone') return agreed(moved(next, now));
  if (theirs === 'gone') return recreated(next, now);
  const differs = fingerprintOf(wanted) !== fingerprintOf(theirs);
  if (!differs && !isUnderWay(appointment)) return agreed(moved(next, now));
  return { ...toTell(next, now), base: theirs, ...(!differs && { edits: { status: now.updatedAt } }) };
};

/** Google may have been told otherwise since: it is asked, and that the event has gone would be news to the person. */
const isUnderWay = ({ sync }: Appointment): boolean =>
  sync.state === 'pending' || (sync.state === 'conflict' && sync.underWay === true);

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

/** Its next event has an id that nobody has seen in Google yet: yet another one could make two [R3]. */
const isPlanned = ({ link }: Appointment): boolean => link?.idGeneration !== undefined && link.observed === undefined;

/** Nor does anybody know whether it has been made by now, and deleted again: Google is asked, and the person's word holds. */
const asPlanned = (appointment: Appointment, now: Written): Appointment => ({
  ...toTell(appointment, now),
  ...(appointment.status === 'cancelled' && { base: appointment.fields }),
  sync: { ...pendingNow(appointment, now.updatedAt), prefer: 'bookedbarber' },
});

/** The person's word is newer than every edit. */
const toTell = (appointment: Appointment, now: Written): Appointment => {
  const { base: _base, edits: _edits, ...next } = moved(appointment, now);
  return { ...next, sync: pendingNow(appointment, now.updatedAt) };
};

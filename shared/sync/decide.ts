/**
 * What one change in Google means for our appointment. Pure: the same triple gives the same verdict.
 * Each side is seen relative to what both last agreed on, which for a block is the appointment itself.
 */
import type { Appointment, OwnedFields } from '../domain/appointment.ts';
import type { SyncWindow } from '../domain/calendar.ts';
import type { CalendarEvent, EventChange } from '../domain/calendar-event.ts';
import type { EventId } from '../domain/ids.ts';
import type { Instant } from '../domain/instant.ts';
import { takesTime } from './block-policy.ts';
import { type Translated, translate } from './translate.ts';

/** `none`: there is no appointment; `cancelled`: the event had gone when we last saw it. */
export type OurSide = 'none' | 'same' | 'cancelled';
/** `gone`: deleted, or does not take time (any more). */
export type TheirSide = 'same' | 'changed' | 'gone' | 'unreadable';
/** `note`: nothing that we share has changed, but which version of the event we know has. */
export type Verdict =
  | 'nothing'
  | 'note'
  | 'create'
  | 'update'
  | 'cancel'
  | 'restore'
  | 'park-event'
  | 'park-appointment';

/** Rows: our appointment. Columns: Google's event. */
export const verdicts: Record<OurSide, Record<TheirSide, Verdict>> = {
  none: { same: 'create', changed: 'create', gone: 'nothing', unreadable: 'park-event' },
  same: { same: 'note', changed: 'update', gone: 'cancel', unreadable: 'park-appointment' },
  cancelled: { same: 'restore', changed: 'restore', gone: 'note', unreadable: 'park-event' },
};

export type Decision =
  | { kind: 'nothing' }
  | { kind: 'create'; event: CalendarEvent; translated: Translated }
  | { kind: 'update' | 'restore'; event: CalendarEvent; translated: Translated; appointment: Appointment }
  | { kind: 'note'; event: CalendarEvent; appointment: Appointment }
  | { kind: 'cancel'; event?: CalendarEvent; appointment: Appointment }
  | { kind: 'park-event'; eventId: EventId; reason: string }
  | { kind: 'park-appointment'; eventId: EventId; appointment: Appointment; reason: string }
  /** It is parked for this reason already. */
  | { kind: 'parked' };

/** Where the event was found: the calendar's own zone, and the span of time that is mirrored. */
export type Context = { timeZone: string; window: SyncWindow };

export const decide = (appointment: Appointment | undefined, change: EventChange, context: Context): Decision => {
  if (appointment !== undefined && isStale(appointment, change)) return { kind: 'nothing' };
  const theirs = readTheirs(appointment, change, context);
  if (theirs.side === 'unreadable' && isParkedFor(theirs.reason, appointment)) return { kind: 'parked' };
  const verdict = verdicts[readOurs(appointment)][theirs.side];
  return toDecision(verdict, appointment, theirs);
};

const readOurs = (appointment: Appointment | undefined): OurSide => {
  if (appointment === undefined) return 'none';
  return appointment.status === 'cancelled' ? 'cancelled' : 'same';
};

type Theirs =
  | { side: 'same' | 'changed'; event: CalendarEvent; translated: Translated }
  | { side: 'gone'; event?: CalendarEvent }
  | { side: 'unreadable'; eventId: EventId; reason: string };

const readTheirs = (appointment: Appointment | undefined, change: EventChange, context: Context): Theirs => {
  if (change.kind === 'unreadable') return { side: 'unreadable', eventId: change.id, reason: change.reason };
  if (change.kind === 'deleted') return { side: 'gone' };
  if (!takesTime(change.event)) return { side: 'gone', event: change.event };
  const translated = translate(change.event, context.timeZone);
  if (translated.kind === 'untranslatable') {
    return { side: 'unreadable', eventId: change.event.id, reason: translated.reason };
  }
  if (appointment === undefined && !overlaps(translated, context.window)) return { side: 'gone' }; // A later generation lists it.
  const same = appointment?.sync.state === 'synced' && sameFields(appointment.fields, translated.fields);
  return { side: same ? 'same' : 'changed', event: change.event, translated };
};

/**
 * A late worker or a lagging replica shows a version older than the one we know. A tombstone bears no time of its own,
 * so after one only a version newer than the last we saw brings the event back.
 */
const isStale = ({ status, link }: Appointment, change: EventChange): boolean => {
  if (change.kind !== 'event') return false;
  return status === 'cancelled' ? change.event.updated <= link.updated : change.event.updated < link.updated;
};

const isParkedFor = (reason: string, appointment: Appointment | undefined): boolean =>
  appointment?.sync.state === 'quarantined' && appointment.sync.reason === reason;

const overlaps = (event: { startsAt: Instant; endsAt: Instant }, window: SyncWindow): boolean =>
  event.startsAt < window.to && event.endsAt > window.from;

const ownedFields = {
  title: true,
  location: true,
  notes: true,
  allDay: true,
  start: true,
  end: true,
  timeZone: true,
} satisfies Record<keyof OwnedFields, true>;

export const sameFields = (a: OwnedFields, b: OwnedFields): boolean =>
  (Object.keys(ownedFields) as (keyof OwnedFields)[]).every((field) => a[field] === b[field]);

const toDecision = (verdict: Verdict, appointment: Appointment | undefined, theirs: Theirs): Decision => {
  switch (verdict) {
    case 'nothing':
      return { kind: 'nothing' };
    case 'create':
      return { kind: 'create', ...live(theirs) };
    case 'update':
    case 'restore':
      return { kind: verdict, appointment: known(appointment), ...live(theirs) };
    case 'note':
      return noteIfNews(known(appointment), seen(theirs));
    case 'cancel':
      return { kind: 'cancel', appointment: known(appointment), ...seen(theirs) };
    case 'park-event':
      return { kind: 'park-event', ...parking(theirs) };
    case 'park-appointment':
      return { kind: 'park-appointment', appointment: known(appointment), ...parking(theirs) };
  }
};

/** A version that we do not know yet is remembered, or a late worker could bring an older one back over it. */
const noteIfNews = (appointment: Appointment, { event }: { event?: CalendarEvent }): Decision =>
  event !== undefined && event.updated > appointment.link.updated
    ? { kind: 'note', appointment, event }
    : { kind: 'nothing' };

const seen = (theirs: Theirs): { event?: CalendarEvent } =>
  'event' in theirs && theirs.event !== undefined ? { event: theirs.event } : {};

const live = (theirs: Theirs) => {
  if ('translated' in theirs) return { event: theirs.event, translated: theirs.translated };
  throw new Error(`No event to apply: their side is ${theirs.side}`);
};

const parking = (theirs: Theirs) => {
  if (theirs.side === 'unreadable') return { eventId: theirs.eventId, reason: theirs.reason };
  throw new Error(`Nothing to park: their side is ${theirs.side}`);
};

const known = (appointment: Appointment | undefined): Appointment => {
  if (appointment !== undefined) return appointment;
  throw new Error('No appointment to change');
};

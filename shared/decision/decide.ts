/**
 * What one event in Google means for our appointment, and the other way round: pull and push ask the same question here.
 * Pure: the same triple (base, appointment, event) gives the same answer.
 */
import type { Appointment, OwnedFields } from '../domain/appointment.ts';
import type { CalendarEvent, EventChange } from '../domain/calendar-event.ts';
import type { Instant } from '../domain/instant.ts';
import type { Decision } from './decision.ts';
import { isWanted, lostHere, lostThere, merge, noteIfNews, noteInReview } from './differences.ts';
import { type InDispute, isInDispute, type OwnWord, ownWordOf } from './dispute.ts';
import { type Context, type OurSide, readOurs, readTheirs, type TheirSide, type Theirs } from './sides.ts';

/**
 * - `note`: both sides say the same; which version of the event we know has moved on.
 * - `push`: Google has what both last agreed on, and we have changed it.
 * - `merge`: both have changed it.
 * - `lost-there`: deleted there, changed here; `lost-here`: the other way round.
 */
export type Verdict =
  | 'nothing'
  | 'note'
  | 'create'
  | 'update'
  | 'cancel'
  | 'restore'
  | 'push'
  | 'merge'
  | 'lost-there'
  | 'lost-here'
  | 'park-event'
  | 'park-appointment';

/** Rows: our appointment. Columns: Google's event. */
export const verdicts: Record<OurSide, Record<TheirSide, Verdict>> = {
  none: { same: 'create', changed: 'create', gone: 'nothing', unreadable: 'park-event' },
  same: { same: 'note', changed: 'update', gone: 'cancel', unreadable: 'park-appointment' },
  changed: { same: 'push', changed: 'merge', gone: 'lost-there', unreadable: 'park-appointment' },
  gone: { same: 'push', changed: 'lost-here', gone: 'note', unreadable: 'park-appointment' },
  settled: { same: 'restore', changed: 'restore', gone: 'note', unreadable: 'park-event' },
};

export const decide = (appointment: Appointment | undefined, change: EventChange, context: Context): Decision => {
  if (appointment !== undefined && isStale(appointment, change)) return { kind: 'stale' };
  const shown = readTheirs(appointment, change, context);
  if (shown.side === 'unreadable' && isParkedFor(shown.reason, appointment)) return { kind: 'parked' };
  if (appointment?.sync.state === 'held') return noteInReview(appointment, { ...seen(shown), base: baseIn(shown) });
  return appointment !== undefined && isInDispute(appointment) && shown.side !== 'unreadable'
    ? decideAnew(appointment, ownWordOf(appointment, shown, context), context)
    : toDecision(appointment, shown, context);
};

/** Until Google says something else, a person decides, whatever the policy is by now. An edit here that agrees closes the item itself. */
const decideAnew = (appointment: InDispute, { theirs, told, isNews }: OwnWord, context: Context): Decision =>
  isNews
    ? toDecision(appointment, theirs, context)
    : noteInReview(appointment, { ...seen(theirs), base: baseIn(theirs), told });

/** An appointment that a person asked to keep counts as changed, but only where Google shows a deletion. */
const oursBeside = (theirs: Theirs, appointment: Appointment | undefined): OurSide =>
  theirs.side === 'gone' && appointment !== undefined && isWanted(appointment)
    ? 'changed'
    : readOurs(appointment, baseIn(theirs));

/**
 * A late worker or a lagging replica shows a version older than the one we know. A listed tombstone bears no time of its own,
 * so after one only a version newer than the last we saw brings the event back.
 */
const isStale = (appointment: Appointment, change: EventChange): boolean => {
  const known = appointment.link?.observed?.updated;
  const updated = updatedOf(change);
  if (known === undefined || updated === undefined) return false;
  return readOurs(appointment) === 'settled' && change.kind !== 'deleted' ? updated <= known : updated < known;
};

const updatedOf = (change: EventChange): Instant | undefined =>
  change.kind === 'event' ? change.event.updated : change.updated;

const isParkedFor = (reason: string, appointment: Appointment | undefined): boolean =>
  appointment?.sync.state === 'quarantined' && appointment.sync.reason === reason;

const toDecision = (appointment: Appointment | undefined, theirs: Theirs, context: Context): Decision => {
  const verdict = verdicts[oursBeside(theirs, appointment)][theirs.side];
  switch (verdict) {
    case 'nothing':
      return { kind: 'nothing' };
    case 'create':
      return { kind: 'create', ...live(theirs) };
    case 'update':
    case 'restore':
    case 'push':
      return { kind: verdict, appointment: known(appointment), ...live(theirs) };
    case 'note':
      return noteIfNews({ appointment: known(appointment), ...seen(theirs) });
    case 'cancel':
      return { kind: 'cancel', appointment: known(appointment), ...seen(theirs) };
    case 'merge':
      return merge({ appointment: known(appointment), ...live(theirs) }, baseIn(theirs), context);
    case 'lost-there':
      return lostThere(known(appointment), seen(theirs), context);
    case 'lost-here':
      return lostHere({ appointment: known(appointment), ...live(theirs) }, context);
    case 'park-event':
      return { kind: 'park-event', ...parking(theirs) };
    case 'park-appointment':
      if (appointment?.sync.state === 'conflict') return { kind: 'park-event', ...parking(theirs) }; // It waits as it is.
      return { kind: 'park-appointment', appointment: known(appointment), ...parking(theirs) };
  }
};

const seen = (theirs: Theirs): { event?: CalendarEvent; told?: OwnedFields } => ({
  ...('event' in theirs && theirs.event && { event: theirs.event }),
  ...('told' in theirs && theirs.told && { told: theirs.told }),
});

const baseIn = (theirs: Theirs): OwnedFields | undefined => ('base' in theirs ? theirs.base : undefined);

const live = (theirs: Theirs) => {
  if ('translated' in theirs) {
    const { side: _side, ...found } = theirs;
    return found;
  }
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

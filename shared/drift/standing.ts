/** Do an appointment and its event say the same now? Asked of the same decision that a sync would make of them. */
import { decide } from '../decision/decide.ts';
import { type Context, readOurs, readTheirs } from '../decision/sides.ts';
import type { Appointment } from '../domain/appointment.ts';
import type { Calendar } from '../domain/calendar.ts';
import { type EventChange, eventIdOf } from '../domain/calendar-event.ts';
import type { EventId } from '../domain/ids.ts';

/**
 * - `explained`: they may differ, and it is known why: a push is due, a person decides, or it cannot be read.
 * - `none`: an event that is no appointment, and need not be.
 */
export type Comparison = 'same' | 'differs' | 'explained' | 'none';

/** An event, the appointment that is known for it, and the calendar in which it lies now. */
export type Pair = { known: Appointment | undefined; change: EventChange; calendar: Pick<Calendar, 'key'> };

export const comparisonOf = (pair: Pair, context: Context, parked: ReadonlySet<EventId>): Comparison => {
  const { known, change } = pair;
  const isSetAside = known === undefined ? parked.has(eventIdOf(change)) : known.sync.state === 'quarantined';
  if (isSetAside) return readTheirs(known, change, context).side === 'unreadable' ? 'explained' : 'differs';
  if (known !== undefined && isExplained(known)) return 'explained';
  switch (decide(known, change, context).kind) {
    case 'nothing':
    case 'note':
      if (known === undefined) return 'none';
      return isWhereItIsThought(pair, known) ? 'same' : 'differs';
    case 'stale':
      return known !== undefined && isMissed(known, change, context) ? 'differs' : 'same';
    case 'parked':
      return 'explained';
    default:
      return 'differs';
  }
};

export const isExplained = ({ sync }: Appointment): boolean =>
  ['pending', 'conflict', 'held', 'quarantined'].includes(sync.state);

const isWhereItIsThought = ({ change, calendar }: Pair, { link }: Appointment): boolean =>
  change.kind !== 'event' || link?.calendarKey === calendar.key;

/** A sync takes the version that was live before the end for a late answer; a listing of now shows that it lives. */
const isMissed = (known: Appointment, change: EventChange, context: Context): boolean =>
  readOurs(known) === 'settled' && 'translated' in readTheirs(known, change, context);

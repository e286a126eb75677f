/** Brings the appointments in line with one page of changes: read them, decide, write what differs. */
import pMap from 'p-map';
import { isFew, isHarmful, isTooMany } from '../decision/blast-radius.ts';
import { decide } from '../decision/decide.ts';
import type { Decision } from '../decision/decision.ts';
import type { Stamp } from '../decision/next-appointment.ts';
import type { Context } from '../decision/sides.ts';
import type { Appointment } from '../domain/appointment.ts';
import type { Calendar } from '../domain/calendar.ts';
import { type EventChange, eventIdOf } from '../domain/calendar-event.ts';
import { conflictIdOf } from '../domain/derived-ids.ts';
import { RetryLater } from '../domain/errors.ts';
import type { ConflictId, EventId } from '../domain/ids.ts';
import { type CarryOutDeps, carryOut, noteMassChange } from '../sync/carry-out.ts';
import { countFutureBookings, type OverlapDeps, raiseOverlaps } from '../sync/overlapping.ts';
import { type Found, followed, type GatherDeps, gather } from './gather.ts';
import { seriesInDoubt } from './series-in-doubt.ts';
import { type Tally, tallyOf } from './tally.ts';

export type ApplyDeps = GatherDeps & CarryOutDeps & OverlapDeps;

/** Where the changes were found, and what is written beside them. */
export type Place = {
  calendar: Calendar;
  context: Context;
  stamp: Stamp;
  /** How many bookings the listing that they belong to would cancel or move so far [R9]. */
  listing: { harmed: number };
};

/** The decisions that leave an event in quarantine. */
const staysParked: ReadonlySet<Decision['kind']> = new Set(['park-event', 'park-appointment', 'parked']);

const writesAtOnce = 32;
const attempts = 3;

export type Applied = { tally: Tally; doubtful: ReadonlySet<EventId> };

/** `doubtful`: series that deletions have put in doubt (series.ts). */
export const applyChanges = async (deps: ApplyDeps, place: Place, changes: EventChange[]): Promise<Applied> => {
  if (changes.length === 0) return { tally: {}, doubtful: new Set() };
  const { calendar, context } = place;
  const [gathered, parked] = await Promise.all([
    gather(deps, { calendar, ownerMark: context.ownerMark }, changes),
    deps.quarantine.list(calendar.key),
  ]);
  const decided = gathered.map((found) => ({ found, decision: decide(found.known, found.change, context) }));
  const planned = await holdBack(deps, place, decided);

  const apply = async ({ found, decision }: Decided): Promise<Outcome> => {
    const outcome = await applyOne(deps, place, found, decision);
    const eventId = eventIdOf(found.change);
    if (parked.has(eventId) && !staysParked.has(outcome.kind)) await deps.quarantine.release(calendar.key, eventId);
    return outcome;
  };
  const outcomes = await pMap(planned, apply, { concurrency: writesAtOnce });
  const changed = outcomes.flatMap(({ now, before }) => (now === undefined ? [] : [{ now, before }]));
  await raiseOverlaps(deps, calendar, place.stamp, changed);
  const doubtful = gathered.map(({ change, known }) => seriesInDoubt(change, known));
  return { tally: tallyOf(outcomes), doubtful: new Set(doubtful.filter((seriesId) => seriesId !== undefined)) };
};

type Decided = { found: Found; decision: Decision };
/** `now` and `before`: the appointment after and before it, where there is one. */
type Outcome = { kind: Decision['kind']; now: Appointment | undefined; before: Appointment | undefined };

/** A lost race (or an answer lost after the write) is met by reading and deciding again. */
const applyOne = async (deps: ApplyDeps, place: Place, found: Found, first: Decision): Promise<Outcome> => {
  let decision = first;
  let before = found.known;
  for (let attempt = 1; attempt <= attempts; attempt++) {
    const done = await carryOut(deps, { calendar: found.calendar, stamp: place.stamp }, decision);
    if (done.kind === 'saved') return { kind: decision.kind, now: done.appointment, before };
    if (done.kind === 'done') return { kind: decision.kind, now: before, before };
    const [latest] = await deps.appointments.loadMany(place.calendar.userId, [found.id]);
    if (hasAnotherEvent(latest, found)) return { kind: 'nothing', now: undefined, before: undefined };
    before = latest && followed(latest, found.calendar);
    const again = decide(before, found.change, place.context);
    decision = decision.kind === 'hold' ? hold(again, decision.conflictId, place) : again;
  }
  throw new RetryLater('An appointment kept changing while it was being written');
};

/** It has been made anew meanwhile; its old event decides nothing of it. */
const hasAnotherEvent = (latest: Appointment | undefined, { change }: Found): boolean =>
  latest?.link !== undefined && latest.link.eventId !== eventIdOf(change);

/** Too many bookings at once wait for a person; everything else goes on [R9]. */
const holdBack = async (deps: ApplyDeps, place: Place, decided: Decided[]): Promise<Decided[]> => {
  const { listing, stamp, calendar } = place;
  const conflictId = massChangeIdOf(calendar);
  const harmful = decided.filter(({ decision }) => isHarmful(decision, stamp.now));
  const heldBefore = decided.filter(({ found }) => isHeldFor(conflictId, found));
  listing.harmed += harmful.length + heldBefore.length; // Those held count too, or what is left would be taken for few.
  const { harmed } = listing;
  if (harmful.length === 0 || isFew(harmed)) return decided;
  if (!isTooMany(harmed, await countFutureBookings(deps, calendar, stamp.now))) return decided;
  const planned = decided.map(({ found, decision }) => ({ found, decision: hold(decision, conflictId, place) }));
  const held = planned.flatMap(({ decision }) => (decision.kind === 'hold' ? [decision.appointment] : []));
  await noteMassChange(deps, { conflictId, held, calendar, stamp });
  return planned;
};

/** Named by the cursor, which only a complete listing moves: a run that repeats one that was cut short goes on with its item. */
const massChangeIdOf = ({ key, connectGeneration, cursor = '' }: Calendar): ConflictId =>
  conflictIdOf('mass_change', key, `${connectGeneration}`, cursor);

const isHeldFor = (conflictId: ConflictId, { known }: Found): boolean =>
  known?.sync.state === 'held' && known.sync.conflictId === conflictId;

const hold = (decision: Decision, conflictId: ConflictId, { stamp }: Place): Decision =>
  isHarmful(decision, stamp.now) && 'appointment' in decision
    ? { kind: 'hold', appointment: decision.appointment, conflictId }
    : decision;

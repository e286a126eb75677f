/** Brings the appointments in line with one page of changes: read them, decide, write what differs. */
import pMap from 'p-map';
import { type CarryOutDeps, carryOut } from '../appointments/carry-out.ts';
import { type OverlapDeps, raiseOverlaps } from '../appointments/overlapping.ts';
import { isHarmful } from '../decision/blast-radius.ts';
import { decide } from '../decision/decide.ts';
import type { Decision } from '../decision/decision.ts';
import type { Context } from '../decision/sides.ts';
import type { Appointment } from '../domain/appointment.ts';
import { type EventChange, eventIdOf } from '../domain/calendar-event.ts';
import { RetryLater } from '../domain/errors.ts';
import type { EventId } from '../domain/ids.ts';
import type { Instant } from '../domain/instant.ts';
import { changedAt, oldestOf } from './changed-at.ts';
import { asMetIn, type Found, follow, type GatherDeps, gather, hasAnotherEvent, mayBeElsewhere } from './gather.ts';
import { type Decided, heldStill, holdBack, isTooMuch } from './hold-back.ts';
import type { Place } from './place.ts';
import { seriesInDoubt } from './series-in-doubt.ts';
import { type Tally, tallyOf } from './tally.ts';

export type ApplyDeps = GatherDeps & CarryOutDeps & OverlapDeps;

/** The decisions that leave an event in quarantine. */
const staysParked: ReadonlySet<Decision['kind']> = new Set(['park-event', 'park-appointment', 'parked', 'stale']);
/** The decisions that write nothing. */
const isIdle: ReadonlySet<Decision['kind']> = new Set(['nothing', 'parked', 'stale']);

const writesAtOnce = 32;
const attempts = 3;

/** `changedAt`: when Google saw what has been applied. `doubtful`: series that deletions have put in doubt (series.ts). */
export type Applied = { tally: Tally; changedAt: Instant[]; doubtful: ReadonlySet<EventId> };

export const applyChanges = async (deps: ApplyDeps, place: Place, changes: EventChange[]): Promise<Applied> => {
  if (changes.length === 0) return { tally: {}, changedAt: [], doubtful: new Set() };
  const { calendar, context } = place;
  const [gathered, parked] = await Promise.all([
    gather(deps, { calendar, ownerMark: context.ownerMark }, changes),
    deps.quarantine.list(calendar.key),
  ]);
  const decided = await decideAll(deps, place, gathered);
  const isParked = ({ change }: Found): boolean => parked.has(eventIdOf(change));

  const writes = decided.some(({ found, decision }) => !isIdle.has(decision.kind) || isParked(found));
  if (writes) await place.fence();
  const planned = await holdBack(deps, place, decided);

  const apply = async ({ found, decision }: Decided): Promise<Outcome & Pick<Found, 'change'>> => {
    const outcome = await applyOne(deps, place, found, decision);
    if (outcome.now?.status === 'confirmed' && outcome.before?.status !== 'confirmed') place.made.push(outcome.now);
    if (isParked(found) && !staysParked.has(outcome.kind)) {
      await deps.quarantine.release(calendar.key, eventIdOf(found.change));
    }
    return { ...outcome, change: found.change };
  };
  const outcomes = await pMap(planned, apply, { concurrency: writesAtOnce });
  const changed = outcomes.flatMap(({ now, before }) => (now === undefined ? [] : [{ now, before }]));
  await raiseOverlaps(deps, place, changed);
  const doubtful = decided.map(({ found }) => seriesInDoubt(found.change, found.known));
  return {
    tally: tallyOf(outcomes),
    changedAt: oldestOf(outcomes.flatMap(({ kind, change }) => changedAt(kind, change))),
    doubtful: new Set(doubtful.filter((seriesId) => seriesId !== undefined)),
  };
};

/** Deletions that are too many by themselves are held without being looked for elsewhere; that happens when they are released. */
const decideAll = async (deps: ApplyDeps, place: Place, gathered: Found[]): Promise<Decided[]> => {
  const { context, stamp } = place;
  const decideOne = (found: Found): Decided => ({ found, decision: decideAs(found, found.known, context) });
  const lost = gathered
    .filter(mayBeElsewhere)
    .map(decideOne)
    .filter(({ decision }) => isHarmful(decision, stamp.now));
  if (!(await isTooMuch(deps, place, lost))) return (await follow(deps, gathered)).map(decideOne);
  const unasked = new Set(lost.map(({ found }) => found));
  const others = gathered.filter((found) => !unasked.has(found));
  return [...lost, ...(await follow(deps, others)).map(decideOne)];
};

/** What becomes of its appointment as it is known now. */
const decideAs = ({ id, change }: Found, known: Appointment | undefined, context: Context): Decision => {
  const decision = decide(known, change, context);
  return decision.kind === 'create' ? { ...decision, id } : decision;
};

/** `now` and `before`: the appointment after and before it, where there is one. */
type Outcome = { kind: Decision['kind']; now: Appointment | undefined; before: Appointment | undefined };

/** A lost race (or an answer lost after the write) is met by reading and deciding again. */
const applyOne = async (deps: ApplyDeps, place: Place, found: Found, first: Decision): Promise<Outcome> => {
  const at = { calendar: found.calendar, stamp: place.stamp, shared: place.context.settings.shared };
  let decision = first;
  let before = found.known;
  for (let attempt = 1; attempt <= attempts; attempt++) {
    const done = await carryOut(deps, at, decision);
    if (done.kind === 'saved') return { kind: decision.kind, now: done.appointment, before };
    if (done.kind === 'done') return { kind: decision.kind, now: before, before };
    const [latest] = await deps.appointments.loadMany(place.calendar.userId, [found.id]);
    before = latest && asMetIn(place.calendar, latest, found.change);
    if (hasAnotherEvent(before, eventIdOf(found.change))) {
      if (isLeftAlone(found)) throw new RetryLater('An event was listed while its appointment got another');
      return { kind: 'nothing', now: undefined, before: undefined };
    }
    await place.fence();
    if (isOutrun(before, found)) throw new RetryLater('An event was seen anew while its deletion was being stored');
    decision = heldStill(decision, decideAs(found, before, place.context), place);
  }
  throw new RetryLater('An appointment kept changing while it was being written');
};

/**
 * The appointment has got a new event meanwhile, so its old one no longer decides about it. But the old one exists, and must
 * have an appointment of its own [R5].
 */
const isLeftAlone = ({ change, known }: Found): boolean => change.kind === 'event' && known !== undefined;

/** A deletion does not say how old it is: it may be older than what somebody has seen of the event meanwhile. */
const isOutrun = (latest: Appointment | undefined, { change, known }: Found): boolean =>
  change.kind === 'deleted' && latest?.link?.observed?.etag !== known?.link?.observed?.etag;

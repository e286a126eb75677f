/** Brings the appointments in line with one page of changes: read them, decide, write what differs. */
import pMap from 'p-map';
import type { Appointment } from '../domain/appointment.ts';
import type { Calendar } from '../domain/calendar.ts';
import { type EventChange, eventIdOf } from '../domain/calendar-event.ts';
import { blockIdOf } from '../domain/derived-ids.ts';
import { RetryLater } from '../domain/errors.ts';
import type { AppointmentId, EventId } from '../domain/ids.ts';
import { type Context, type Decision, decide } from './decide.ts';
import { nextAppointment, type Stamp } from './next-appointment.ts';
import type { AgendaReader, AppointmentStore, Quarantine } from './ports.ts';
import { seriesInDoubt } from './series-in-doubt.ts';

export type ApplyDeps = { appointments: AppointmentStore & AgendaReader; quarantine: Quarantine };

/** How many changes ended in which decision. */
export type Tally = Partial<Record<Decision['kind'], number>>;

/** Where the changes were found, and what is written beside them. */
export type Place = { calendar: Calendar; context: Context; stamp: Stamp };

/** The decisions that leave an event in quarantine. */
const staysParked: ReadonlySet<Decision['kind']> = new Set(['park-event', 'park-appointment', 'parked']);

const writesAtOnce = 32;
const attempts = 3;

export type Applied = { tally: Tally; doubtful: ReadonlySet<EventId> };

/** `doubtful`: series that deletions have put in doubt (series.ts). */
export const applyChanges = async (deps: ApplyDeps, place: Place, changes: EventChange[]): Promise<Applied> => {
  if (changes.length === 0) return { tally: {}, doubtful: new Set() };
  const { key, userId } = place.calendar;
  const latest = new Map(changes.map((change) => [blockIdOf(key, eventIdOf(change)), change]));
  const [appointments, parked] = await Promise.all([
    deps.appointments.loadMany(userId, [...latest.keys()]),
    deps.quarantine.list(key),
  ]);
  const byId = new Map(appointments.map((appointment) => [appointment.id, appointment]));

  const apply = async ([id, change]: [AppointmentId, EventChange]): Promise<Decision['kind']> => {
    const kind = await applyChange(deps, place, { id, change, known: byId.get(id) });
    const eventId = eventIdOf(change);
    if (parked.has(eventId) && !staysParked.has(kind)) await deps.quarantine.release(key, eventId);
    return kind;
  };
  const kinds = await pMap(latest, apply, { concurrency: writesAtOnce });
  const doubtful = [...latest].map(([id, change]) => seriesInDoubt(change, byId.get(id)));
  return { tally: tally(kinds), doubtful: new Set(doubtful.filter((seriesId) => seriesId !== undefined)) };
};

type OneChange = { id: AppointmentId; change: EventChange; known: Appointment | undefined };

/** A lost race (or an answer lost after the write) is met by reading and deciding again. */
const applyChange = async (
  deps: ApplyDeps,
  place: Place,
  { id, change, known }: OneChange,
): Promise<Decision['kind']> => {
  let appointment = known;
  for (let attempt = 1; attempt <= attempts; attempt++) {
    const decision = decide(appointment, change, place.context);
    if (await carryOut(deps, place, decision)) return decision.kind;
    [appointment] = await deps.appointments.loadMany(place.calendar.userId, [id]);
  }
  throw new RetryLater('An appointment kept changing while it was being written');
};

/** Returns false when the appointment is not as the decision took it to be. */
const carryOut = async (deps: ApplyDeps, { calendar, stamp }: Place, decision: Decision): Promise<boolean> => {
  switch (decision.kind) {
    case 'nothing':
    case 'parked':
      return true;
    case 'park-event':
    case 'park-appointment':
      await deps.quarantine.park(calendar.key, decision.eventId, decision.reason, stamp.now);
      return decision.kind === 'park-event' || save(deps, nextAppointment(decision, calendar, stamp));
    default:
      return save(deps, nextAppointment(decision, calendar, stamp));
  }
};

const save = async ({ appointments }: ApplyDeps, appointment: Appointment): Promise<boolean> =>
  (await appointments.save(appointment)) === 'saved';

const tally = (kinds: Decision['kind'][]): Tally => {
  const counts: Tally = {};
  for (const kind of kinds) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
};

export const addTallies = (a: Tally, b: Tally): Tally => {
  const sum: Tally = { ...a };
  for (const [kind, count] of Object.entries(b) as [Decision['kind'], number][]) sum[kind] = (sum[kind] ?? 0) + count;
  return sum;
};

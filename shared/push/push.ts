/** Appointments → Google: everything that is marked pending, one by one. The decision is the pull's own (decide.ts). */
import type { Appointment } from '../domain/appointment.ts';
import { RetryLater } from '../domain/errors.ts';
import type { AppointmentId } from '../domain/ids.ts';
import { GoogleError } from '../google/google-error.ts';
import type { PendingReader } from '../sync/ports.ts';
import { inOneWord } from '../sync/trouble.ts';
import { parked } from './push-plan.ts';
import { type Due, type PushPlace, type StepDeps, step } from './push-step.ts';

export type PushDeps = StepDeps & { appointments: PendingReader };

/** How each pending appointment ended. */
export type PushSummary = { pushed: number; parked: number; settled: number; more: boolean };

const roundsPerAppointment = 8;
const appointmentsPerRun = 100;

export const pushOf = async (deps: PushDeps, place: PushPlace, id: AppointmentId): Promise<PushSummary> =>
  pushAll(deps, place, [id], () => true);

/** What is left when the time is up stays pending. */
export const pushPending = async (deps: PushDeps, place: PushPlace, hasTime: () => boolean): Promise<PushSummary> => {
  const found = await deps.appointments.listPending(place.calendar.key, place.context.now, appointmentsPerRun);
  const summary = await pushAll(
    deps,
    place,
    found.map(({ id }) => id),
    hasTime,
  );
  return { ...summary, more: summary.more || found.length === appointmentsPerRun };
};

const pushAll = async (
  deps: PushDeps,
  place: PushPlace,
  ids: AppointmentId[],
  hasTime: () => boolean,
): Promise<PushSummary> => {
  const summary: PushSummary = { pushed: 0, parked: 0, settled: 0, more: false };
  const surprises: unknown[] = [];
  for (const id of ids) {
    if (!hasTime()) return { ...summary, more: true };
    try {
      summary[await pushOne(deps, place, id)] += 1;
    } catch (error) {
      if (error instanceof GoogleError) throw error; // The next one would fare no better.
      surprises.push(error);
    }
  }
  if (surprises.length > 0) throw surprises[0];
  return summary;
};

type Ending = 'pushed' | 'parked' | 'settled';

/** Rounds of read, decide, write: each ends with a write of ours that makes the next one a smaller step. */
const pushOne = async (deps: PushDeps, place: PushPlace, id: AppointmentId): Promise<Ending> => {
  let ending: Ending = 'settled';
  for (let round = 1; round <= roundsPerAppointment; round++) {
    const [appointment] = await deps.appointments.loadMany(place.calendar.userId, [id]);
    if (!isDue(appointment)) return ending;
    try {
      ending = (await step(deps, place, appointment)) ? 'pushed' : ending;
    } catch (error) {
      if (!isRefusal(error)) throw error;
      await park(deps, place, appointment, inOneWord(error));
      return 'parked';
    }
  }
  throw new RetryLater('An appointment kept changing while it was being pushed');
};

/** What has been edited meanwhile is another thing to tell, and not refused yet. */
const park = async (deps: PushDeps, { context }: PushPlace, { userId, id, version }: Due, reason: string) => {
  const [latest] = await deps.appointments.loadMany(userId, [id]);
  if (!isDue(latest) || latest.version !== version) return;
  await deps.appointments.save(parked(latest, latest.sync, reason, context.now), { before: latest });
};

/** Whatever its calendar is by now: a hint that finds it moved may be the only one. */
const isDue = (appointment: Appointment | undefined): appointment is Due => appointment?.sync.state === 'pending';

/** Trouble with this one event, which the others need not wait for. */
const isRefusal = (error: unknown): error is GoogleError =>
  error instanceof GoogleError && ['forbidden', 'rejected', 'gone', 'duplicate'].includes(error.outcome);

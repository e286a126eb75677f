/** Appointments → Google: everything that is marked pending, one by one. */
import { untilToldInFull } from '../decision/told-as-shared.ts';
import type { Appointment } from '../domain/appointment.ts';
import type { Calendar } from '../domain/calendar.ts';
import { RetryLater } from '../domain/errors.ts';
import type { AppointmentId, CalendarKey } from '../domain/ids.ts';
import type { Instant } from '../domain/instant.ts';
import { GoogleError } from '../google/google-error.ts';
import { inOneWord } from '../google/trouble.ts';
import type { PendingReader } from '../ports.ts';
import { pageReserveMs } from '../pull/pull.ts';
import type { Due, PushPlace, StepDeps } from './push-place.ts';
import { parked, parkedAt } from './push-plan.ts';
import { step } from './push-step.ts';

export type PushDeps = StepDeps & { appointments: PendingReader };

/**
 * How each pending appointment ended. `toldSince`: since when those that Google was told of had waited for it. `left`: the
 * calendars whose next listing decides about some.
 */
export type PushSummary = Record<Ending, number> & {
  toldSince: Instant[];
  left: ReadonlySet<CalendarKey>;
  more: boolean;
};

type Ending = 'pushed' | 'parked' | 'settled';

const roundsPerAppointment = 8;
const appointmentsPerRun = 100;

export const pushOf = async (deps: PushDeps, place: PushPlace, id: AppointmentId): Promise<PushSummary> =>
  pushAll(deps, place, [id]);

/** Whatever time does not suffice for stays pending. */
export const pushPending = async (deps: PushDeps, place: PushPlace): Promise<PushSummary> => {
  const found = await deps.appointments.listPending(place.calendar.key, place.context.now, appointmentsPerRun);
  const ids = found.map(({ id }) => id);
  const summary = await pushAll(deps, place, ids);
  return { ...summary, more: summary.more || found.length === appointmentsPerRun };
};

/** One that fails does not keep the others from being tried. Where some succeed, it is tried again by itself. */
const pushAll = async (deps: PushDeps, place: PushPlace, ids: AppointmentId[]): Promise<PushSummary> => {
  const endings: Record<Ending, number> = { pushed: 0, parked: 0, settled: 0 };
  const toldSince: Instant[] = [];
  const left = new Set<CalendarKey>();
  const failures: unknown[] = [];
  let tried = 0;
  let isLate = false;
  for (const id of ids) {
    if (tried > 0 && place.remainingMs() < pageReserveMs) break;
    tried += 1;
    try {
      const ended = await pushOne(deps, place, id);
      if (ended.kind === 'left') left.add(ended.to);
      else if (ended.kind === 'late') isLate = true;
      else endings[ended.kind] += 1;
      if (ended.kind === 'pushed') toldSince.push(ended.since);
    } catch (error) {
      if (error instanceof GoogleError && !mayPass(error)) throw error; // The next one would fare no better.
      failures.push(error);
    }
  }
  const surprise = failures.find((error) => !mayPass(error));
  if (surprise !== undefined) throw surprise;
  if (failures.length > 0 && failures.length === tried) throw failures[0];
  return { ...endings, toldSince, left, more: tried < ids.length || failures.length > 0 || isLate };
};

type Ended =
  | { kind: 'pushed'; since: Instant }
  | { kind: 'parked' | 'settled' | 'late' }
  | { kind: 'left'; to: CalendarKey };

/** Rounds of read, decide, write: each ends with a write of ours that makes the next one a smaller step. */
const pushOne = async (deps: PushDeps, place: PushPlace, id: AppointmentId): Promise<Ended> => {
  let ended: Ended = { kind: 'settled' };
  for (let round = 1; ; round++) {
    const [stored] = await deps.appointments.loadMany(place.calendar.userId, [id]);
    const appointment = stored && owed(stored, place);
    if (!isDue(appointment, place) || (await isForOthers(deps, place, appointment))) return ended;
    try {
      if (round > roundsPerAppointment) throw new RetryLater('An appointment kept changing while it was being pushed');
      const stepped = await step(deps, place, appointment);
      if (stepped === 'late') return { kind: 'late' };
      if (stepped === 'left') return { kind: 'left', to: appointment.link?.calendarKey ?? place.calendar.key };
      if (stepped === 'told') ended = { kind: 'pushed', since: appointment.sync.since };
    } catch (error) {
      if (!isItsOwn(error, place.calendar)) throw error;
      await park(deps, place, appointment, inOneWord(error));
      return { kind: 'parked' };
    }
  }
};

/** An earlier try may have told it by settings that were being changed, and not have come to ask whether they still hold. */
const owed = (appointment: Appointment, { calendar, context }: PushPlace): Appointment =>
  appointment.link?.calendarKey === calendar.key
    ? untilToldInFull(appointment, context.settings.shared, calendar, context.now)
    : appointment;

/** It now goes to a calendar of another account or of a later consent, whose own worker pushes it [R13]. */
const isForOthers = async (
  { calendars }: PushDeps,
  { calendar }: PushPlace,
  { userId, sync }: Due,
): Promise<boolean> => {
  const { calendarKey } = sync.target;
  if (calendarKey === calendar.key) return false;
  const target = (await calendars.listOf(userId)).find(({ key }) => key === calendarKey);
  return target?.connectGeneration !== calendar.connectGeneration;
};

/** If it has been edited meanwhile, the new content has not been refused yet. */
const park = async (deps: PushDeps, place: PushPlace, { userId, id, version }: Due, reason: string) => {
  const [latest] = await deps.appointments.loadMany(userId, [id]);
  if (!isDue(latest, place) || latest.version !== version) return;
  await deps.appointments.save(parked(latest, latest.sync, reason, place.context.now), { before: latest });
};

/**
 * Whatever its calendar is by now: a hint that finds it moved may be the only one. But when it has failed and is put off, what
 * was sent before that run is no reason to try again [R11].
 */
const isDue = (appointment: Appointment | undefined, { askedAt, context }: PushPlace): appointment is Due => {
  if (appointment?.sync.state !== 'pending') return false;
  const failedAt = parkedAt(appointment.sync);
  return failedAt === undefined || failedAt < askedAt || appointment.sync.notBefore <= context.now;
};

const patience = 3;

/** Trouble with this one event, for which the others need not wait; also temporary trouble that has lasted too long [R10]. */
const isItsOwn = (error: unknown, { trouble }: Calendar): boolean =>
  isRefusal(error) || (mayPass(error) && (trouble?.failures ?? 0) >= patience);

const isRefusal = (error: unknown): boolean =>
  error instanceof GoogleError && ['forbidden', 'rejected', 'gone', 'duplicate'].includes(error.outcome);

const mayPass = (error: unknown): boolean =>
  error instanceof RetryLater || (error instanceof GoogleError && error.outcome === 'transient');

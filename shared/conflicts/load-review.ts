/** Shell: reads review items as a person is shown them, with a suggestion for each that is open. */
import pMap from 'p-map';
import type { TimeReader } from '../bookings/taken-time.ts';
import type { Appointment } from '../domain/appointment.ts';
import type { Calendar } from '../domain/calendar.ts';
import type { Conflict } from '../domain/conflict.ts';
import type { AppointmentId, ConflictId, UserId } from '../domain/ids.ts';
import type { Instant } from '../domain/instant.ts';
import type { ConflictStore, ConflictsRequest } from '../ports.ts';
import type { CalendarRegistry } from '../store/calendars.ts';
import { advise } from './advise.ts';
import { countsOf, historyOf, type QueueCounts } from './queue-counts.ts';
import { asOffered, type Dispute, isReadOnly, type Review } from './review.ts';

export type ReviewDeps = {
  conflicts: Pick<ConflictStore, 'load' | 'list'>;
  appointments: TimeReader;
  calendars: Pick<CalendarRegistry, 'listOf'>;
};

/** What an item is looked at with: the whole queue, which says how this barber decides, and the calendars. */
type Surroundings = { queue: Conflict[]; calendars: Calendar[]; now: Instant };

export type ReviewPage = { items: Review[]; counts: QueueCounts; after?: string };

const queueAtMost = 20_000;
const itemsAtOnce = 4;
const shownOfHeld = 100;

export const listReviews = async (deps: ReviewDeps, request: ConflictsRequest, now: Instant): Promise<ReviewPage> => {
  const [{ items, after }, around] = await Promise.all([
    deps.conflicts.list(request),
    lookAround(deps, request.userId, now),
  ]);
  const ids = [...new Set(items.map(({ appointmentId }) => appointmentId))];
  const found = new Map((await loadAll(deps, request.userId, ids)).map((appointment) => [appointment.id, appointment]));
  const disputes = items.map((conflict) => ({ conflict, appointment: found.get(conflict.appointmentId) }));
  const reviews = await pMap(disputes, (dispute) => review(deps, complete(dispute), around), {
    concurrency: itemsAtOnce,
  });
  return { items: reviews, counts: countsOf(around.queue), ...(after !== undefined && { after }) };
};

export const loadReview = async (
  deps: ReviewDeps,
  { userId, id }: { userId: UserId; id: ConflictId },
  now: Instant,
): Promise<Review | undefined> => {
  const [dispute, around] = await Promise.all([loadDispute(deps, userId, id), lookAround(deps, userId, now)]);
  if (dispute === undefined) return undefined;
  const { held } = dispute.conflict;
  const shown = held && (await loadAll(deps, userId, held.slice(0, shownOfHeld)));
  return { ...(await review(deps, dispute, around)), ...(shown && { held: shown }) };
};

export const loadDispute = async (
  { conflicts, appointments }: Pick<ReviewDeps, 'conflicts' | 'appointments'>,
  userId: UserId,
  id: ConflictId,
): Promise<Dispute | undefined> => {
  const conflict = await conflicts.load(userId, id);
  if (conflict === undefined) return undefined;
  const [appointment] = await appointments.loadMany(userId, [conflict.appointmentId]);
  return complete({ conflict, appointment });
};

const complete = ({ conflict, appointment }: { conflict: Conflict; appointment: Appointment | undefined }): Dispute => {
  if (appointment === undefined) throw new Error('A review item without its appointment');
  return { conflict, appointment };
};

const lookAround = async (
  { conflicts, calendars }: ReviewDeps,
  userId: UserId,
  now: Instant,
): Promise<Surroundings> => {
  const [queue, owned] = await Promise.all([conflicts.list({ userId, limit: queueAtMost }), calendars.listOf(userId)]);
  return { queue: queue.items, calendars: owned, now };
};

const loadAll = async ({ appointments }: ReviewDeps, userId: UserId, ids: AppointmentId[]): Promise<Appointment[]> =>
  ids.length === 0 ? [] : appointments.loadMany(userId, ids);

const review = async (deps: ReviewDeps, dispute: Dispute, around: Surroundings): Promise<Review> => {
  const { conflict, appointment } = dispute;
  const known = { ...dispute, readOnly: isReadOnly(appointment, around.calendars) };
  if (conflict.status !== 'open') return known;
  const history = historyOf(around.queue, conflict.kind);
  const offered = { appointment, conflict: asOffered(known) };
  return { ...known, suggestion: await advise(deps.appointments, offered, { history, now: around.now }) };
};

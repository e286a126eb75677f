/** One step towards telling Google of an appointment: which one is next shows in what is stored. */
import { agreed, kept, withNextId } from '../decision/sync-state.ts';
import type { Appointment } from '../domain/appointment.ts';
import type { CalendarEvent } from '../domain/calendar-event.ts';
import { eventMarkOf } from '../domain/derived-ids.ts';
import { GoogleError } from '../google/google-error.ts';
import { keep, noteSaid, noteTold } from './note-told.ts';
import { type Due, inTime, type PushPlace, refOf, type StepDeps, type Stepped } from './push-place.ts';
import { newContent, planned, relinked, saidByPlan, saidNow } from './push-plan.ts';
import { isHomeSynced, reconcile } from './reconcile.ts';

export const step = async (deps: StepDeps, place: PushPlace, appointment: Due): Promise<Stepped> => {
  const { link, base, status, sync } = appointment;
  if (link === undefined) {
    if (status === 'cancelled')
      return keep(deps, appointment, { ...agreed(kept(appointment)), sync: { state: 'local' } }, 'noted');
    return plan(deps, place, appointment);
  }
  if (link.observed === undefined) {
    if (status === 'cancelled') return reconcile(deps, place, appointment);
    return base === undefined ? plan(deps, place, appointment) : insert(deps, place, appointment);
  }
  const isElsewhere = link.calendarKey !== sync.target.calendarKey && status === 'confirmed';
  return isElsewhere ? move(deps, place, appointment) : reconcile(deps, place, appointment);
};

const plan = (deps: StepDeps, { calendar, context }: PushPlace, appointment: Due): Promise<Stepped> => {
  const said = saidNow(appointment, context.settings);
  return keep(deps, appointment, planned(appointment, appointment.sync, calendar.connectGeneration, said), 'noted');
};

const insert = async (deps: StepDeps, place: PushPlace, appointment: Due): Promise<Stepped> => {
  const { ownerMark, settings } = place.context;
  const mark = eventMarkOf(ownerMark, appointment.id);
  const said = saidByPlan(appointment, settings);
  const content = newContent(appointment, said, settings);
  try {
    const { answer, isLate } = await inTime(place, () => deps.events.insert({ ...refOf(appointment), mark, content }));
    if (isLate) {
      await lookAgain(deps, appointment);
      if (answer.kind === 'written') await removeIfReplaced(deps, appointment, answer.event);
      return 'late';
    }
    if (answer.kind === 'duplicate') return await reconcile(deps, place, appointment);
    await noteSaid(deps, appointment, said, answer.event);
    return 'told';
  } catch (error) {
    if (!(await isForGoneCalendar(deps, appointment, error))) throw error;
    return keep(deps, appointment, withNextId(kept(appointment)), 'noted');
  }
};

/** Deleted and made anew meanwhile, it has another event [R3]; Google does not promise to notice that an id is used up. */
const removeIfReplaced = async (deps: StepDeps, { userId, id, link }: Due, { etag }: CalendarEvent): Promise<void> => {
  const [latest] = await deps.appointments.loadMany(userId, [id]);
  const isReplaced = latest?.link?.calendarKey === link?.calendarKey && latest?.link?.eventId !== link?.eventId;
  if (isReplaced && link !== undefined) await deps.events.delete({ ...refOf({ link }), etag });
};

/** An event has been made that may be gone again, or be of a booking that has been cancelled meanwhile: whoever comes next asks. */
const lookAgain = async (deps: StepDeps, appointment: Due): Promise<void> => {
  const { base, sync } = appointment;
  const undecided = { sync, ...(base !== undefined && { base }) };
  const isOpen = ({ sync: { state } }: Appointment) => state === 'pending' || state === 'conflict';
  await noteTold(deps, appointment, (latest) => ({ ...kept(latest), ...(!isOpen(latest) && undecided) }));
};

/** It was planned for a calendar that is gone by now: it is planned again, for the calendar it goes to now. */
const isForGoneCalendar = async ({ calendars }: StepDeps, appointment: Due, error: unknown): Promise<boolean> =>
  error instanceof GoogleError &&
  error.outcome === 'gone' &&
  appointment.sync.target.calendarKey !== appointment.link?.calendarKey &&
  !isHomeSynced(appointment, await calendars.listOf(appointment.userId));

const move = async (deps: StepDeps, place: PushPlace, appointment: Due): Promise<Stepped> => {
  const { calendarKey: key, calendarId } = appointment.sync.target;
  const result = await deps.events.move({ ...refOf(appointment), destination: calendarId });
  if (result.kind === 'gone') return reconcile(deps, place, appointment); // It may be there already.
  return keep(deps, appointment, relinked(kept(appointment), { key, calendarId }, result.event), 'told');
};

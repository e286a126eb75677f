/** What a step leaves on the appointment. */
import type { Appointment } from '../domain/appointment.ts';
import type { CalendarEvent } from '../domain/calendar-event.ts';
import { RetryLater } from '../domain/errors.ts';
import type { AppointmentStore } from '../ports.ts';
import type { Stepped } from './push-place.ts';
import { type Said, written } from './push-plan.ts';

type NoteDeps = { appointments: AppointmentStore };

/** What was lost in a race is met by the next round, which reads anew. */
export const keep = async <S extends Stepped>(
  { appointments }: NoteDeps,
  before: Appointment,
  next: Appointment,
  stepped: S,
): Promise<S> => {
  await appointments.save(next, { before });
  return stepped;
};

const savesAtMost = 5;

/**
 * Google has been told something: that must be noted, even when the appointment has been changed meanwhile. But whoever
 * knows another version of the event by now has seen what we have to say, or more.
 */
export const noteTold = async (
  { appointments }: NoteDeps,
  sent: Appointment,
  next: (latest: Appointment) => Appointment,
): Promise<void> => {
  let latest = sent;
  for (let attempt = 1; attempt <= savesAtMost; attempt++) {
    if ((await appointments.save(next(latest), { before: latest })) === 'saved') return;
    const [stored] = await appointments.loadMany(sent.userId, [sent.id]);
    if (stored === undefined) throw new Error('An appointment has vanished');
    if (!knowsSameEvent(stored, sent)) return;
    latest = stored;
  }
  throw new RetryLater('An appointment kept changing while its push was being noted');
};

const knowsSameEvent = ({ link: a }: Appointment, { link: b }: Appointment): boolean =>
  a?.calendarKey === b?.calendarKey && a?.eventId === b?.eventId && a?.observed?.etag === b?.observed?.etag;

/** The event says this now. */
export const noteSaid = (deps: NoteDeps, sent: Appointment, said: Said, event: CalendarEvent): Promise<void> =>
  noteTold(deps, sent, (latest) => written(latest, said, event));

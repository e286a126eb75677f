/** Shell: the review item that an appointment waits for. */
import { openConflictOf } from '../decision/next-appointment.ts';
import type { Appointment } from '../domain/appointment.ts';
import type { Conflict } from '../domain/conflict.ts';
import type { ConflictStore } from '../ports.ts';

/** None once it has been decided: that has moved the appointment too, so whoever is about to write it will lose. */
export const loadOpenReview = async (
  { conflicts }: { conflicts: Pick<ConflictStore, 'load'> },
  appointment: Appointment,
): Promise<Conflict | undefined> => {
  const id = openConflictOf(appointment);
  const item = id && (await conflicts.load(appointment.userId, id));
  return item?.status === 'open' ? item : undefined;
};

/** Google has been told something: that must be noted, even when the appointment has been changed meanwhile. */
import type { Appointment } from '../domain/appointment.ts';
import { RetryLater } from '../domain/errors.ts';
import type { AppointmentStore } from '../sync/ports.ts';

const savesAtMost = 5;

/** `next`: what the appointment becomes by it, whatever it is by now. Resolves to `told`. */
export const noteTold = async (
  { appointments }: { appointments: AppointmentStore },
  sent: Appointment,
  next: (latest: Appointment) => Appointment,
  told = true,
): Promise<boolean> => {
  let latest = sent;
  for (let attempt = 1; attempt <= savesAtMost; attempt++) {
    if ((await appointments.save(next(latest), { before: latest })) === 'saved') return told;
    const [stored] = await appointments.loadMany(sent.userId, [sent.id]);
    if (stored === undefined) throw new Error('An appointment has vanished');
    latest = stored;
  }
  throw new RetryLater('An appointment kept changing while its push was being noted');
};

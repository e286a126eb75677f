/** The pushes of one test: what was asked of the stand-in, and that in the end nothing is left to ask. */
import { expect } from 'vitest';
import type { AppointmentId } from '../../shared/domain/ids.ts';
import { type GoogleJob, openGoogleJob, shopId, shopKey } from './google-job.ts';

export type PushJob = Awaited<ReturnType<typeof openPushJob>>;

export const openPushJob = async () => {
  const job: GoogleJob = await openGoogleJob();
  await job.sync();
  /** What the stand-in has been asked since the logs were cleared, by Google's own names. */
  const requests = () => job.control.requests().map(({ operation }) => operation?.replace('calendar.', ''));
  return {
    ...job,
    requests,
    pushed: async (...booking: Parameters<GoogleJob['book']>) => {
      const id = await job.book(...booking);
      await job.push(id);
      job.control.clearLogs();
      return id;
    },
    /** Its target is the other calendar from now on. */
    retarget: async (id: AppointmentId) => {
      const before = await job.appointment(id);
      const target = { calendarKey: shopKey, calendarId: shopId };
      const since = before.updatedAt;
      const sync = { state: 'pending', target, since, notBefore: since, attempts: 0 } as const;
      await job.stores.appointments.save({ ...before, revision: before.revision + 1, sync }, { before });
    },
    /** Nothing is left to do: a sync of each kind calls nobody but to list, and moves nothing. */
    expectQuiet: async () => {
      const before = await job.appointments();
      job.control.clearLogs();
      expect(await job.sync()).toMatchObject({ kind: 'synced', push: { pushed: 0, parked: 0, settled: 0 } });
      expect(requests()).toEqual(['events.list']);
      expect(await job.appointments()).toEqual(before);
    },
  };
};

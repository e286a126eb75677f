/** A dispute between the two sides, and a person who decides it and takes that back: what the flow tests of that share. */
import { expect } from 'vitest';
import { decideConflict } from '../../shared/conflicts/decide-conflict.ts';
import { seenOf } from '../../shared/conflicts/review.ts';
import { takeBack } from '../../shared/conflicts/take-back.ts';
import type { Choice, Conflict } from '../../shared/domain/conflict.ts';
import { type AppointmentId, asId } from '../../shared/domain/ids.ts';
import { type ConflictPolicy, defaultSettings } from '../../shared/domain/settings.ts';
import { Crash } from '../support/faulty.ts';
import { at, userId } from '../support/samples.ts';
import { type Asked, type GoogleJob, hourOf, inGoogle, openGoogleJob, shopKey } from './google-job.ts';

export type DisputeJob = Awaited<ReturnType<typeof openDisputeJob>>;

export const stamp = { now: at('2026-03-02T13:00:00Z'), chainId: asId<Conflict['chainId']>('person-1'), userId };
export const euros = (amount: number) => ({ price: { amount: amount * 100, currency: 'EUR' } });
export const eleven = { dateTime: '2026-03-03T11:00:00-05:00' };
export const twelve = { dateTime: '2026-03-03T12:00:00-05:00' };

export const lost = async (_answer?: unknown): Promise<never> => {
  throw new Crash();
};

/** When a decision is taken back: Google has been told of it, and its answer comes after that, or never. */
export const answers: [string, (job: DisputeJob, id: AppointmentId) => Promise<unknown>][] = [
  ['comes after that', (job, id) => job.pushWhile(id, job.undo)],
  [
    'never comes',
    async (job, id) => {
      await job.pushWhile(id, lost);
      await job.undo();
    },
  ],
];

type Writing = Pick<GoogleJob['google'], 'insertEvent' | 'updateEvent' | 'deleteEvent'>;

export const openDisputeJob = async () => {
  const job = await openGoogleJob({ ...defaultSettings, shared: { ...defaultSettings.shared, price: true } });
  await job.addShop();
  await job.sync();
  await job.sync(shopKey);
  const { insertEvent, updateEvent, deleteEvent } = job.google;
  const item = async (): Promise<Conflict> => (await job.conflicts())[0] ?? expect.fail('There is no review item');
  const booked = async (asked: Asked = euros(35)): Promise<AppointmentId> => {
    const id = await job.book('b', asked);
    await job.push(id);
    await job.sync();
    return id;
  };
  const decide = async (id: AppointmentId, choice: Exclude<Choice, 'merged'>) => {
    const conflict = await item();
    const seen = seenOf({ conflict, appointment: await job.appointment(id) });
    const asked = { choice, seen, allowOverlap: true };
    expect(await decideConflict(job.stores, conflict.id, asked, stamp)).toEqual({ kind: 'done' });
  };

  return {
    ...job,
    item,
    openItems: async () => (await job.conflicts()).filter(({ status }) => status === 'open'),
    /** Booked here, and both sides have heard of it. */
    booked,
    decide,
    /** Until either side has heard of the other. */
    settle: async (id: AppointmentId) => {
      for (let round = 1; round <= 3; round++) {
        await job.push(id);
        await job.sync();
      }
    },
    /** From now on, the policy is this. */
    choose: async (conflictPolicy: ConflictPolicy) => {
      const connection = await job.connectionNow();
      const settings = { ...(connection.settings ?? defaultSettings), conflictPolicy };
      await job.stores.connections.saveSettings(connection, settings);
    },
    undo: async () => expect(await takeBack(job.stores, (await item()).id, stamp)).toEqual({ kind: 'done' }),
    startInGoogle: () => job.live()[0]?.start,
    /** Moved to 11 here and to 12 in Google. */
    disputed: async (): Promise<AppointmentId> => {
      const id = await booked();
      await job.edit(id, hourOf(11));
      await job.patch(id, inGoogle(hourOf(12)));
      await job.push(id);
      expect(await item()).toMatchObject({ kind: 'fields', status: 'open' });
      return id;
    },
    /** Moved to 12 in Google, and cancelled here. */
    cancelledInDispute: async (): Promise<AppointmentId> => {
      const id = await booked();
      await job.patch(id, inGoogle(hourOf(12)));
      await job.cancel(id);
      await job.push(id);
      expect(await item()).toMatchObject({ kind: 'deleted_in_bookedbarber', status: 'open' });
      return id;
    },
    /** Changed here, deleted in Google, and kept by a person: its next event is yet to be made. */
    keptAfterDeletion: async (): Promise<AppointmentId> => {
      const id = await booked();
      await job.edit(id, hourOf(11));
      await job.remove(id);
      await job.push(id);
      await decide(id, 'bookedbarber');
      return id;
    },
    /** A push of which Google takes what it is told; before the answer comes, if it does, this happens. */
    pushWhile: (id: AppointmentId, meanwhile: () => Promise<unknown>) => {
      const after =
        <Given extends unknown[], Answer>(call: (...given: Given) => Promise<Answer>) =>
        async (...given: Given): Promise<Answer> => {
          const answer = await call(...given);
          await meanwhile();
          return answer;
        };
      const writing: Writing = {
        insertEvent: after(insertEvent),
        updateEvent: after(updateEvent),
        deleteEvent: after(deleteEvent),
      };
      return job.push(id, { google: { ...job.google, ...writing } });
    },
  };
};

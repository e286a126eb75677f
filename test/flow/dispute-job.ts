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
import { type GoogleJob, hourOf, inGoogle, openGoogleJob, shopKey } from './google-job.ts';

export type DisputeJob = Awaited<ReturnType<typeof openDisputeJob>>;

export const stamp = { now: at('2026-03-02T13:00:00Z'), chainId: asId<Conflict['chainId']>('person-1'), userId };
export const euros = (amount: number) => ({ price: { amount: amount * 100, currency: 'EUR' } });
export const eleven = { dateTime: '2026-03-03T11:00:00-05:00' };
export const twelve = { dateTime: '2026-03-03T12:00:00-05:00' };

export const lost = async (_answer?: unknown): Promise<never> => {
  throw new Crash();
};

type Writing = Pick<GoogleJob['google'], 'insertEvent' | 'updateEvent' | 'deleteEvent'>;

export const openDisputeJob = async () => {
  const job = await openGoogleJob({ ...defaultSettings, shared: { ...defaultSettings.shared, price: true } });
  await job.addShop();
  await job.sync();
  await job.sync(shopKey);
  const { insertEvent, updateEvent, deleteEvent } = job.google;
  const item = async (): Promise<Conflict> => (await job.conflicts())[0] ?? expect.fail('There is no review item');
  const decide = async (id: AppointmentId, choice: Exclude<Choice, 'merged'>) => {
    const conflict = await item();
    const seen = seenOf({ conflict, appointment: await job.appointment(id) });
    const asked = { choice, seen, allowOverlap: true };
    expect(await decideConflict(job.stores, conflict.id, asked, stamp)).toEqual({ kind: 'done' });
  };

  return {
    ...job,
    item,
    decide,
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
      const id = await job.book('b', euros(35));
      await job.push(id);
      await job.sync();
      await job.edit(id, hourOf(11));
      await job.patch(id, inGoogle(hourOf(12)));
      await job.push(id);
      expect(await item()).toMatchObject({ kind: 'fields', status: 'open' });
      return id;
    },
    /** Moved to 12 in Google, and cancelled here. */
    cancelledInDispute: async (): Promise<AppointmentId> => {
      const id = await job.book('b', euros(35));
      await job.push(id);
      await job.sync();
      await job.patch(id, inGoogle(hourOf(12)));
      await job.cancel(id);
      await job.push(id);
      expect(await item()).toMatchObject({ kind: 'deleted_in_bookedbarber', status: 'open' });
      return id;
    },
    /** Changed here, deleted in Google, and kept by a person: its next event is yet to be made. */
    keptAfterDeletion: async (): Promise<AppointmentId> => {
      const id = await job.book('b', euros(35));
      await job.push(id);
      await job.sync();
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

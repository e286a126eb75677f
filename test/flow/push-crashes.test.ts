/** Bookings → Google, with a crash at each call of each port. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { AppointmentId } from '../../shared/domain/ids.ts';
import type { SyncDeps } from '../../shared/sync/sync-calendar.ts';
import { failingAt } from '../support/faulty.ts';
import { hourOf, shopId, shopKey } from './google-job.ts';
import { openPushJob, type PushJob } from './push-job.ts';

let job: PushJob;
beforeEach(async () => {
  job = await openPushJob();
});
afterEach(() => job.stop());

/** Each: what a person did here before the hint came, and what must be there when all is done. */
const changes: [
  string,
  (id: AppointmentId) => Promise<unknown>,
  { live: object[]; shop?: object[]; version: number },
][] = [
  ['create', async () => undefined, { live: [{ summary: 'Haircut' }], version: 1 }],
  [
    'update',
    async (id) => job.edit(id, { title: 'Shave', ...hourOf(14) }),
    { live: [{ summary: 'Shave' }], version: 2 },
  ],
  ['cancel', async (id) => job.cancel(id), { live: [], version: 2 }],
  ['move', async (id) => job.retarget(id), { live: [], shop: [{ summary: 'Haircut' }], version: 1 }],
];

const ports: Record<string, (call: number, when: 'before' | 'after') => Partial<SyncDeps>> = {
  appointments: (call, when) => ({ appointments: failingAt(job.stores.appointments, call, when) }),
  calendars: (call, when) => ({ calendars: failingAt(job.stores.calendars, call, when) }),
  google: (call, when) => ({ google: failingAt(job.google, call, when) }),
};
const crashes = Object.entries(ports).flatMap(([port, failing]) => [
  { when: 'before', port, failing } as const,
  { when: 'after', port, failing } as const,
]);

describe.each(changes)('[R1][R3][F48][F49] a %s that crashes', (name, change, { live, shop = [], version }) => {
  test.each(crashes)('$when any call of $port ends as if it had not', async ({ when, failing }) => {
    let crashed = true;
    for (let call = 1; crashed; call++) {
      expect(call).toBeLessThan(20);
      await job.stop();
      job = await openPushJob();
      await job.addShop();
      const id = await job.book('booking');
      if (name !== 'create') await job.push(id);
      await change(id);
      const outcome = await job.push(id, failing(call, when)).catch(() => undefined);
      crashed = outcome?.kind !== 'pushed';
      expect(crashed || call > 1).toBe(true);

      await job.push(id);
      await job.sync(shopKey);
      await job.sync();
      expect(job.live()).toMatchObject(live);
      expect(job.live(shopId)).toMatchObject(shop);
      expect(await job.appointments()).toMatchObject([{ id, version, sync: { state: 'synced' } }]);
      expect(await job.conflicts()).toEqual([]);
      await job.expectQuiet();
    }
  });
});

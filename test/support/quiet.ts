/** [R4] Whether the system has come to rest: nothing runs, and a further sync of everything writes nothing, on either side. */
import { expect } from 'vitest';
import { routeTable } from '../../functions/management-api/route-table.ts';
import type { BothSides } from './both-sides.ts';
import type { TestSession } from './local-session.ts';
import type { SessionTable } from './session-table.ts';

type Barber = Pick<BothSides, 'user' | 'calendar'>;

export type Quiet = {
  /** Resolves once nothing runs and Google has no notification under way. */
  settled(): Promise<void>;
  /**
   * Once settled, no queue holds a hint, no stream a record and no function runs, so what could still write within the
   * next ten seconds is what someone asks for: so every calendar is synced once more, pull and push, and nothing is written.
   */
  expectQuiet(...barbers: Barber[]): Promise<void>;
  /** The sweep has nothing left to find either. */
  expectNothingToSweep(...barbers: Barber[]): Promise<void>;
};

export const watchForWrites = ({ stack, google, call }: TestSession, table: SessionTable): Quiet => {
  const { control } = google;

  const settled = async () => {
    for (let delivered = Number.NaN; delivered !== control.deliveries().length; ) {
      delivered = control.deliveries().length;
      await stack.idle();
    }
  };
  const footprintOf = async ({ user, calendar }: Barber) => {
    const stored = await table.appointmentsOf(user);
    const revisions = stored.map(({ id, revision }) => [id, revision]);
    return { writes: writesTo(control, calendar).length, revisions };
  };

  const expectUntouched = async (barbers: Barber[], act: () => Promise<void>) => {
    await settled();
    const before = await Promise.all(barbers.map(footprintOf));
    await act();
    await settled();
    expect(await Promise.all(barbers.map(footprintOf))).toEqual(before);
  };
  const syncAll = async (barbers: Barber[]) => {
    for (const { user } of barbers)
      expect(await call('POST', routeTable.sync.path, user)).toMatchObject({ status: 202 });
  };

  return {
    settled,
    expectQuiet: (...barbers) => expectUntouched(barbers, () => syncAll(barbers)),
    expectNothingToSweep: (...barbers) =>
      expectUntouched(barbers, async () => {
        const headers = { authorization: `Bearer ${await stack.token('operator', { admin: true })}` };
        const sweep = await fetch(`${stack.apiUrl}${routeTable.sweep.path}`, { method: 'POST', headers });
        expect(sweep.status).toBe(200);
        await syncAll(barbers);
      }),
  };
};

/** What a calendar's events were told over HTTP; a person's edits through the control interface are not among it. */
export const writesTo = (control: TestSession['google']['control'], calendar: string) =>
  control
    .requests({ path: '/events(/|$)' })
    .filter(({ method, path }) => method !== 'GET' && !path.endsWith('/watch'))
    .filter(({ path }) => path.includes(encodeURIComponent(calendar)));

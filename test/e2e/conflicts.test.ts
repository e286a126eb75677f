/** What a person must decide, on real parts: how it comes to the review queue, and what a decision does to both sides. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type * as z from 'zod/mini';
import { routeTable } from '../../functions/management-api/route-table.ts';
import { conflict, conflictsReply, type decision } from '../../functions/management-api/schemas/conflicts.ts';
import { type BothSides, connectBothSides, expectAgreement, hourIn, saidInGoogle } from '../support/both-sides.ts';
import { type Answer, startTestSession, type TestSession } from '../support/local-session.ts';
import { meetings } from '../support/meetings.ts';
import { type Quiet, watchForWrites, writesTo } from '../support/quiet.ts';
import { openTable, type SessionTable } from '../support/session-table.ts';

let session: TestSession;
let control: TestSession['google']['control'];
let table: SessionTable;
let quiet: Quiet;
beforeAll(async () => {
  session = await startTestSession();
  ({ control } = session.google);
  table = openTable(session);
  quiet = watchForWrites(session, table);
});
afterAll(async () => {
  table.stop();
  await session.stop();
});

type Conflict = z.infer<typeof conflict>;
type Decision = Omit<z.input<typeof decision>, 'seen'>;

let stories = 0;
const told: BothSides[] = [];

/** With a barber of its own, so that stories can be told side by side. Each ends in quiet [R4]; all writes were silent [F51]. */
const story = (name: string, tell: (sides: BothSides) => Promise<void>) =>
  test.concurrent(name, { timeout: 60_000 }, async () => {
    const sides = await connectBothSides(session, `barber-${++stories}`);
    told.push(sides);
    await tell(sides);
    await quiet.expectQuiet(sides);
    for (const { query } of writesTo(control, sides.calendar)) expect(query).toMatchObject({ sendUpdates: 'none' });
  });

const booked = async (sides: BothSides): Promise<string> => {
  const { id } = await sides.book({ title: 'Haircut', ...hourIn(1).times });
  await quiet.settled();
  return id;
};

/** The one review item that is open. */
const openItem = async ({ user }: BothSides): Promise<Conflict> => {
  const { body } = await session.call('GET', `${routeTable.conflicts.path}?status=open`, user);
  const { items } = conflictsReply.parse(body);
  expect(items).toHaveLength(1);
  return itemOf(await session.call('GET', pathTo(routeTable.conflict.path, items[0]?.id), user));
};

const itemOf = ({ status, body }: Answer): Conflict => {
  expect({ status, body }).toMatchObject({ status: 200 });
  return conflict.parse(body);
};

const pathTo = (path: string, id = '') => path.replace('{id}', id);

const decide = ({ user }: BothSides, { id, seen }: Conflict, choice: Decision) =>
  session.call('POST', pathTo(routeTable.resolveConflict.path, id), user, JSON.stringify({ ...choice, seen }));

/** Both sides have come to agree on what the decision says. */
const resolve = async (sides: BothSides, item: Conflict, choice: Decision): Promise<void> => {
  expect(itemOf(await decide(sides, item, choice))).toMatchObject({ status: 'resolved', resolution: choice });
  await quiet.settled();
  await expectAgreement(sides, item.appointmentId);
  expect((await sides.logOf(item.appointmentId)).at(-1)).toMatchObject({
    action: 'resolve',
    actor: 'user',
    settled: { policy: 'person' },
  });
};

const startOf = async (sides: BothSides, id: string) => Date.parse((await sides.appointment(id)).start);
const [agreed, ourTime, theirTime] = [hourIn(1), hourIn(2), hourIn(3)];

/** Both have moved it. */
const movedTwice = async (sides: BothSides, meet = meetings['before the push']): Promise<Conflict> => {
  const id = await booked(sides);
  await meet?.(
    control,
    sides,
    () => sides.edit(id, ourTime.times),
    () => sides.editInGoogle(id, theirTime.event),
  );
  await quiet.settled();
  return openItem(sides);
};

const deletedThere = async (sides: BothSides, meet = meetings['before the push']): Promise<Conflict> => {
  const id = await booked(sides);
  await meet?.(
    control,
    sides,
    () => sides.edit(id, { title: 'Shave' }),
    () => sides.deleteInGoogle(id),
  );
  await quiet.settled();
  return openItem(sides);
};

const cancelledHere = async (sides: BothSides, meet = meetings['before the push']): Promise<Conflict> => {
  const id = await booked(sides);
  await meet?.(
    control,
    sides,
    () => sides.cancel(id),
    () => sides.editInGoogle(id, { summary: 'Shave' }),
  );
  await quiet.settled();
  return openItem(sides);
};

describe.concurrent.each(Object.entries(meetings))(
  '[R2] at once, %s: a person decides, and neither side is touched',
  (_, meet) => {
    story('both move it', async (sides) => {
      const item = await movedTwice(sides, meet);
      expect(item).toMatchObject({ kind: 'fields', status: 'open', suggestion: { reasons: expect.any(Array) } });
      const starts = [item.base, item.ours, item.theirs].map(
        (side) => side !== 'gone' && Date.parse(side?.start ?? ''),
      );
      expect(starts).toEqual([agreed, ourTime, theirTime].map(({ times }) => Date.parse(times.start)));
      expect(await sides.appointment(item.appointmentId)).toMatchObject({
        sync: { state: 'conflict', conflictId: item.id },
      });
      expect(await startOf(sides, item.appointmentId)).toBe(starts[1]);
      expect(saidInGoogle(await sides.event(item.appointmentId))).toMatchObject({ start: starts[2] });
    });

    story('edited here, deleted there', async (sides) => {
      const item = await deletedThere(sides, meet);
      expect(item).toMatchObject({ kind: 'deleted_in_google', ours: { title: 'Shave' }, theirs: 'gone' });
      expect(await sides.appointment(item.appointmentId)).toMatchObject({ status: 'confirmed', title: 'Shave' });
      expect(await sides.event(item.appointmentId)).toMatchObject({ status: 'cancelled' });
    });

    story('cancelled here, edited there', async (sides) => {
      const item = await cancelledHere(sides, meet);
      expect(item).toMatchObject({ kind: 'deleted_in_bookedbarber', ours: 'gone', theirs: { title: 'Shave' } });
      expect(await sides.appointment(item.appointmentId)).toMatchObject({ status: 'cancelled' });
      expect(await sides.event(item.appointmentId)).toMatchObject({ status: 'confirmed', summary: 'Shave' });
    });
  },
);

describe.concurrent('[R1] a decision brings both sides together', () => {
  story('Google’s time', async (sides) => {
    const item = await movedTwice(sides);
    await resolve(sides, item, { choice: 'google' });
    expect(await startOf(sides, item.appointmentId)).toBe(Date.parse(theirTime.times.start));
    expect((await sides.logOf(item.appointmentId)).at(-1)?.settled?.chosen).toEqual({ times: 'google' });
  });

  story('our time', async (sides) => {
    const item = await movedTwice(sides);
    await resolve(sides, item, { choice: 'bookedbarber' });
    expect(await startOf(sides, item.appointmentId)).toBe(Date.parse(ourTime.times.start));
  });

  story('a third one', async (sides) => {
    const item = await movedTwice(sides);
    const { start, end } = hourIn(4).times;
    const { status } = await decide(sides, item, { choice: 'merged', values: { start, end, title: 'Long haircut' } });
    expect(status).toBe(200);
    await quiet.settled();
    await expectAgreement(sides, item.appointmentId);
    expect(await sides.appointment(item.appointmentId)).toMatchObject({ title: 'Long haircut' });
    expect(await startOf(sides, item.appointmentId)).toBe(Date.parse(start));
  });

  story('it is deleted here too', async (sides) => {
    const item = await deletedThere(sides);
    await resolve(sides, item, { choice: 'google' });
    expect(await sides.appointment(item.appointmentId)).toMatchObject({ status: 'cancelled' });
  });

  story('[R3] it comes back to Google, as one new event', async (sides) => {
    const item = await deletedThere(sides);
    await resolve(sides, item, { choice: 'bookedbarber' });
    expect(await sides.event(item.appointmentId)).toMatchObject({ status: 'confirmed', summary: 'Shave' });
    const statuses = control.events({ calendar: sides.calendar }).map(({ status }) => status);
    expect(statuses.sort()).toEqual(['cancelled', 'confirmed']);
  });

  story('it comes back here, as it is there', async (sides) => {
    const item = await cancelledHere(sides);
    await resolve(sides, item, { choice: 'google' });
    expect(await sides.appointment(item.appointmentId)).toMatchObject({ status: 'confirmed', title: 'Shave' });
  });

  story('it is deleted there too', async (sides) => {
    const item = await cancelledHere(sides);
    await resolve(sides, item, { choice: 'bookedbarber' });
    expect(await sides.event(item.appointmentId)).toMatchObject({ status: 'cancelled' });
  });

  story('a move onto another booking is applied, and can be put back', async (sides) => {
    const id = await booked(sides);
    await sides.book({ title: 'Beard', ...hourIn(5).times });
    await quiet.settled();
    await sides.editInGoogle(id, hourIn(5).event);
    await quiet.settled();
    await expectAgreement(sides, id);
    const item = await openItem(sides);
    expect(item).toMatchObject({ kind: 'overlap', appointmentId: id, other: { title: 'Beard' } });
    await resolve(sides, item, { choice: 'bookedbarber' });
    expect(await startOf(sides, id)).toBe(Date.parse(agreed.times.start));
  });
});

describe.concurrent('a decision', () => {
  story('is taken back while nothing has changed, and can be taken anew', async (sides) => {
    const item = await movedTwice(sides);
    await resolve(sides, item, { choice: 'bookedbarber' });
    const undo = await session.call('POST', pathTo(routeTable.undoConflict.path, item.id), sides.user);
    expect(itemOf(undo)).toMatchObject({ id: item.id, status: 'open' });
    await quiet.settled();

    const again = await openItem(sides);
    await resolve(sides, again, { choice: 'google' });
    expect(await startOf(sides, item.appointmentId)).toBe(Date.parse(theirTime.times.start));
    expect((await sides.logOf(item.appointmentId)).map(({ action }) => action).slice(-3)).toEqual([
      'resolve',
      'undo',
      'resolve',
    ]);
  });

  story('holds only for what the person saw', async (sides) => {
    const item = await movedTwice(sides);
    await sides.editInGoogle(item.appointmentId, hourIn(6).event);
    await quiet.settled();
    expect(await decide(sides, item, { choice: 'google' })).toMatchObject({
      status: 409,
      body: { type: 'urn:bookedbarber:problem:stale-decision', conflict: { id: item.id } },
    });
    const fresh = await openItem(sides); // The very same item: further edits do not pile up.
    expect(fresh.id).toBe(item.id);
    await resolve(sides, fresh, { choice: 'google' });
    expect(await startOf(sides, item.appointmentId)).toBe(Date.parse(hourIn(6).times.start));
  });

  story('repeated changes nothing', async (sides) => {
    const item = await movedTwice(sides);
    await resolve(sides, item, { choice: 'bookedbarber' });
    const { version } = await sides.appointment(item.appointmentId);
    expect(itemOf(await decide(sides, item, { choice: 'bookedbarber' }))).toMatchObject({ status: 'resolved' });
    expect(await decide(sides, item, { choice: 'google' })).toMatchObject({ status: 409 });
    expect(await sides.appointment(item.appointmentId)).toMatchObject({ version });
  });
});

test('[R4] ten seconds of quiet: with nobody editing, the sweep and a sync of every calendar write nothing', () =>
  quiet.expectNothingToSweep(...told));

/** Both sides are edited at random while consumers crash: they end equal, and the audit log accounts for every edit. */

import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type * as z from 'zod/mini';
import { routeTable } from '../../functions/management-api/route-table.ts';
import { conflict, conflictsReply } from '../../functions/management-api/schemas/conflicts.ts';
import { statusReply } from '../../functions/management-api/schemas/sync.ts';
import { calendarClient } from '../../infra/local/demo/client.ts';
import { type Books, gapsIn, unexplainedOfOurs, unexplainedOfTheirs } from '../support/accounting.ts';
import { type BothSides, connectBothSides, type Shown, saidHere, saidInGoogle } from '../support/both-sides.ts';
import type { TestSession } from '../support/local-session.ts';
import { type Quiet, watchForWrites } from '../support/quiet.ts';
import { randomFrom, randomPerson } from '../support/random-people.ts';
import { openTable, type SessionTable } from '../support/session-table.ts';
import { openTripwire, type Tripwire } from '../support/tripwire.ts';
import { startOverTripwire } from '../support/tripwire-session.ts';

const seed = Number(process.env.RANDOM_EDITS_SEED ?? Date.now() % 1_000_000);
const editsInAll = 500;
const people = 5;

let tripwire: Tripwire;
let session: TestSession;
let table: SessionTable;
let quiet: Quiet;
beforeAll(async () => {
  tripwire = await openTripwire(5);
  session = await startOverTripwire(tripwire);
  table = openTable(session);
  quiet = watchForWrites(session, table);
});
afterAll(async () => {
  table.stop();
  await session.stop();
  await tripwire.stop();
});

/** From now on all consumers die at a call of theirs, again and again. Returns how often they have. */
const beginToCrash = (random: () => number): (() => number) => {
  let crashes = 0;
  const arm = () => {
    const spring = async () => {
      crashes += 1;
      arm();
      await session.stack.functions.kill('sync-consumer');
    };
    tripwire.set({ atCall: 1 + Math.floor(random() * callsPerLife), spring });
  };
  arm();
  return () => crashes;
};

/** Of all consumers together, at most; one sync makes about ten. */
const callsPerLife = 300;

/** At most: what stays behind for good fails the test in the end. */
const looks = 20;

/** Waits until Google has heard of all that was done here. */
const catchUp = async (person: ReturnType<typeof randomPerson>) => {
  for (let look = 1; look <= looks; look++) {
    if ((await person.appointments()).every(({ sync }) => sync.state !== 'pending')) return;
    await delay(200);
  }
};

/** Edits one after the other; now and then decides what is in review, and waits until Google has heard of all of it. */
const live = async (sides: BothSides, random: () => number) => {
  const events = calendarClient(session, sides.calendar).events;
  const person = randomPerson({ session, user: sides.user, calendar: sides.calendar, events, random });
  for (let made = 0; made < editsInAll / people; ) {
    if (await person.edit()) made += 1;
    if (random() > 0.1) continue;
    await person.decideAll();
    await catchUp(person);
  }
  return person.edits;
};

const openConflictsOf = async ({ user }: BothSides): Promise<z.infer<typeof conflict>[]> => {
  const list = await session.call('GET', `${routeTable.conflicts.path}?status=open&limit=50`, user);
  const ids = conflictsReply.parse(list.body).items.map(({ id }) => id);
  const answers = await Promise.all(
    ids.map((id) => session.call('GET', routeTable.conflict.path.replace('{id}', id), user)),
  );
  return answers.map(({ body }) => conflict.parse(body));
};

/** What an open review item says Google has, where there is one; else what we have ourselves. */
const expectEqual = async (sides: BothSides, conflicts: z.infer<typeof conflict>[]) => {
  const appointments = await sides.appointments();
  const live = session.google.control
    .events({ calendar: sides.calendar })
    .filter(({ status }) => status !== 'cancelled');
  const eventIds = appointments.map(({ calendar }) => calendar?.eventId);
  expect(live.map(({ id }) => eventIds.filter((eventId) => eventId === id).length)).toEqual(live.map(() => 1)); // [R3]

  for (const appointment of appointments) {
    const open = conflicts.find(({ id }) => id === appointment.sync.conflictId);
    expect(appointment.sync.state).toBe(expectedState(appointment, open));
    const event = live.find(({ id }) => id === appointment.calendar?.eventId);
    const inGoogle = event === undefined ? 'cancelled' : saidInGoogle(event);
    if (open === undefined) expect(inGoogle).toEqual(saidHere(appointment));
    else if (open.theirs === 'gone') expect(inGoogle).toBe('cancelled');
    else expect(inGoogle).toEqual(saidHere({ status: 'confirmed', ...open.theirs }));
  }
};

/** What was cancelled before Google was told stays local. */
const expectedState = ({ status, calendar }: Shown, open: object | undefined) => {
  if (open !== undefined) return 'conflict';
  return status === 'cancelled' && calendar === undefined ? 'local' : 'synced';
};

/** What the comparison of both sides has to say of it, which knows nothing of this test. */
const driftOf = async (user: string) =>
  statusReply.parse((await session.call('GET', routeTable.status.path, user)).body).calendars[0]?.drift;

test(`[R1][R2][R3][R12] ${editsInAll} random edits on both sides, consumers crashing (RANDOM_EDITS_SEED=${seed})`, async () => {
  const random = randomFrom(seed);
  const names = Array.from({ length: people }, (_, nth) => `barber-${nth}`);
  const barbers = await Promise.all(names.map((user) => connectBothSides(session, user)));

  const crashes = beginToCrash(random);
  const edits = await Promise.all(barbers.map((sides) => live(sides, randomFrom(random() * 2 ** 32))));
  tripwire.disarm();
  await quiet.settled();
  expect(crashes()).toBeGreaterThan(10);

  for (const [nth, sides] of barbers.entries()) {
    const conflicts = await openConflictsOf(sides);
    await expectEqual(sides, conflicts);

    const made = edits[nth] ?? { ours: [], theirs: [] };
    const books: Books = { log: await table.logOf(sides.user), disputed: conflicts };
    expect(gapsIn(books, await sides.appointments())).toEqual([]);
    expect(unexplainedOfOurs(made, books)).toEqual([]);
    expect(unexplainedOfTheirs(made, books)).toEqual([]);
  }
  await quiet.expectQuiet(...barbers);

  for (const { user } of barbers) await session.call('POST', routeTable.compare.path, user);
  await session.stack.idle();
  for (const { user } of barbers) expect(await driftOf(user)).toMatchObject({ differing: 0, partial: false });
}, 300_000);

/** Two-way sync on real parts: what either side does shows on the other, and what both do at once is merged. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type BothSides,
  connectBothSides,
  expectAgreement,
  hourIn,
  type LogEntry,
  type Shown,
} from '../support/both-sides.ts';
import { startTestSession, type TestSession } from '../support/local-session.ts';
import { eventsOf, held, hold, meetings } from '../support/meetings.ts';
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

const haircut = { title: 'Haircut', location: 'Main St 1', notes: 'Short', ...hourIn(1).times };

const booked = async (sides: BothSides): Promise<Shown> => {
  const appointment = await sides.book(haircut);
  await quiet.settled();
  return appointment;
};

describe.concurrent('[R1] what we do shows in Google', () => {
  story('a booking becomes one event that bears our mark', async (sides) => {
    const { id } = await booked(sides);
    await expectAgreement(sides, id);
    const event = await sides.event(id);
    expect(event).toMatchObject({ summary: 'Haircut', location: 'Main St 1', description: 'Short' });
    expect(event.extendedProperties).toMatchObject({ private: { bookedBarber: expect.stringContaining(`.${id}`) } });
    expect(control.events({ calendar: sides.calendar })).toHaveLength(1);
    expect(writesTo(control, sides.calendar)).toHaveLength(1);
  });

  story('a move moves the event, and keeps what others have put there [F51]', async (sides) => {
    const { id } = await booked(sides);
    const foreign = {
      attendees: [{ email: 'client@example.com', responseStatus: 'accepted', comment: 'Looking forward' }],
      colorId: '5',
      reminders: { useDefault: false, overrides: [{ method: 'popup', minutes: 15 }] },
      extendedProperties: { shared: { crm: '42' } },
    };
    await sides.editInGoogle(id, foreign);
    await quiet.settled();
    await sides.edit(id, hourIn(2).times);
    await quiet.settled();
    await expectAgreement(sides, id);
    const event = await sides.event(id);
    expect(Date.parse(event.start.dateTime ?? '')).toBe(Date.parse(hourIn(2).times.start));
    expect(event).toMatchObject({ ...foreign, sequence: 1 });
  });

  story('a cancelled booking takes its event away, and keeps its record', async (sides) => {
    const { id } = await booked(sides);
    await sides.cancel(id);
    await quiet.settled();
    await expectAgreement(sides, id);
    expect(await sides.appointment(id)).toMatchObject({ status: 'cancelled', title: 'Haircut' });
    expect(await sides.event(id)).toMatchObject({ status: 'cancelled' });
  });

  story('[R3] a cancel that overtakes the insert leaves no event behind [F48]', async (sides) => {
    hold(control, 'POST', eventsOf(sides));
    const { id } = await sides.book(haircut);
    await held(control, 'POST', sides);
    await sides.cancel(id);
    await quiet.settled();
    expect(await sides.appointment(id)).toMatchObject({ status: 'cancelled', sync: { state: 'synced' } });
    expect(control.events({ calendar: sides.calendar }).map(({ status }) => status)).toEqual(['cancelled']);
  });

  story('[R3] an insert whose answer was lost makes no second event [F47]', async (sides) => {
    control.orderFault({ kind: 'commit-then-drop', method: 'POST', path: eventsOf(sides) });
    const { id } = await booked(sides);
    await expectAgreement(sides, id);
    expect(control.events({ calendar: sides.calendar })).toHaveLength(1);
  });

  story('an event of the barber’s own, edited here, is changed in place [F52]', async (sides) => {
    const attendees = [{ email: 'friend@example.com', responseStatus: 'tentative' }];
    const { id: eventId } = control.insertEvent({
      calendar: sides.calendar,
      event: { summary: 'Lunch', attendees, ...hourIn(3).event },
    });
    await quiet.settled();
    const [block] = await sides.appointments();
    await sides.edit(block?.id ?? '', { title: 'Long lunch' });
    await quiet.settled();
    await expectAgreement(sides, block?.id ?? '');
    expect(await sides.event(block?.id ?? '')).toMatchObject({ id: eventId, summary: 'Long lunch', attendees });
  });
});

describe.concurrent('[R1] what is done in Google shows here', () => {
  story('a booking that is moved and renamed there follows [F58]', async (sides) => {
    const { id } = await booked(sides);
    await sides.editInGoogle(id, { summary: 'Haircut and shave', ...hourIn(2).event });
    await quiet.settled();
    await expectAgreement(sides, id);
    expect(await sides.appointment(id)).toMatchObject({ title: 'Haircut and shave', kind: 'booking', version: 2 });
  });

  story('a booking whose event is deleted there is cancelled [F58]', async (sides) => {
    const { id } = await booked(sides);
    await sides.deleteInGoogle(id);
    await quiet.settled();
    expect(await sides.appointment(id)).toMatchObject({ status: 'cancelled', sync: { state: 'synced' } });
  });

  story('an event that is made there takes time here', async (sides) => {
    control.insertEvent({ calendar: sides.calendar, event: { summary: 'Dentist', ...hourIn(4).event } });
    await quiet.settled();
    const [block] = await sides.appointments();
    expect(block).toMatchObject({ kind: 'block', title: 'Dentist' });
    await expectAgreement(sides, block?.id ?? '');
    expect(writesTo(control, sides.calendar)).toEqual([]);
  });
});

/** What its last version has come of. */
const lastOf = async (sides: BothSides, id: string): Promise<LogEntry | undefined> =>
  (await sides.logOf(id)).toSorted((a, b) => a.version - b.version).at(-1);

describe.concurrent.each(Object.entries(meetings))('[R2] both sides at once, %s', (moment, meet) => {
  story('on different parts: both edits are there, on both sides', async (sides) => {
    const { id } = await booked(sides);
    await meet(
      control,
      sides,
      () => sides.edit(id, { notes: 'Very short' }),
      () => sides.editInGoogle(id, hourIn(2).event),
    );
    await quiet.settled();
    await expectAgreement(sides, id);
    const merged = await sides.appointment(id);
    expect(merged).toMatchObject({ title: 'Haircut', notes: 'Very short' });
    expect(Date.parse(merged.start)).toBe(Date.parse(hourIn(2).times.start));
    expect(await lastOf(sides, id)).toMatchObject({
      action: 'merge',
      actor: 'google',
      settled: { policy: 'merge', chosen: {} },
    });
  });

  story('on the same text: the later one wins, and the log has both', async (sides) => {
    const { id } = await booked(sides);
    await meet(
      control,
      sides,
      () => sides.edit(id, { title: 'Our title' }),
      () => sides.editInGoogle(id, { summary: 'Their title' }),
    );
    await quiet.settled();
    await expectAgreement(sides, id);
    const [winner, title] =
      moment === 'during the push' ? (['google', 'Their title'] as const) : (['bookedbarber', 'Our title'] as const);
    expect(await lastOf(sides, id)).toMatchObject({
      action: 'merge',
      before: { title: 'Our title' },
      settled: { policy: 'merge', theirs: { title: 'Their title' }, chosen: { title: winner } },
      after: { title },
    });
    expect(await sides.appointment(id)).toMatchObject({ title });
  });
});

story('[R12] the log lists an edit before the merge that it went into', async (sides) => {
  const { id } = await booked(sides);
  await meetings['during the pull']?.(
    control,
    sides,
    () => sides.edit(id, { notes: 'Very short' }),
    () => sides.editInGoogle(id, hourIn(2).event),
  );
  await quiet.settled();
  expect((await sides.logOf(id)).map(({ version }) => version)).toEqual([1, 2, 3]);
});

test('[R4] ten seconds of quiet: with nobody editing, the sweep and a sync of every calendar write nothing', () =>
  quiet.expectNothingToSweep(...told));

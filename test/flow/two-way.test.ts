/** Both sides change the same booking: what is merged, what a policy settles, and what waits for a person. Over HTTP. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { kept, withNextId } from '../../shared/decision/sync-state.ts';
import type { AppointmentId } from '../../shared/domain/ids.ts';
import { type ConflictPolicy, defaultSettings } from '../../shared/domain/settings.ts';
import { failingAt } from '../support/faulty.ts';
import { calendarId, calendarKey } from '../support/samples.ts';
import { type GoogleJob, hourOf, inGoogle, openGoogleJob } from './google-job.ts';

let job: GoogleJob;
let id: AppointmentId;
const open = async (conflictPolicy: ConflictPolicy = 'merge') => {
  job = await openGoogleJob({ ...defaultSettings, conflictPolicy });
  await job.sync();
  id = await job.book('booking', { notes: 'Bring card' });
  await job.push(id);
};
const reopen = async (conflictPolicy: ConflictPolicy) => {
  await job.stop();
  await open(conflictPolicy);
};
beforeEach(() => open());
afterEach(() => job.stop());

/** Whichever side looks first: a pull of the whole calendar, or the push of the one booking. */
const doors: [string, () => Promise<unknown>][] = [
  ['a pull', async () => [await job.sync(), await job.push(id)]],
  ['a push', async () => [await job.push(id), await job.sync(), await job.push(id)]],
];

const expectEqual = async (said: { title?: string; hour?: number; location?: string }) => {
  const { title = 'Haircut', hour = 10, location } = said;
  const start = `2026-03-03T${hour}:00:00-05:00`;
  expect(job.live()).toMatchObject([{ summary: title, start: { dateTime: start }, ...(location && { location }) }]);
  const appointment = await job.appointment(id);
  expect(appointment).toMatchObject({
    status: 'confirmed',
    fields: { title, start, ...(location && { location }) },
    sync: { state: 'synced' },
  });
  await expectQuiet();
};
const expectCancelled = async () => {
  expect(job.live()).toEqual([]);
  expect(await job.appointment(id)).toMatchObject({ status: 'cancelled', sync: { state: 'synced' } });
  await expectQuiet();
};
/** [R4] Nothing is left to do. */
const expectQuiet = async () => {
  const before = [await job.appointments(), await job.conflicts()];
  job.control.clearLogs();
  await job.sync();
  expect(job.control.requests().map(({ operation }) => operation)).toEqual(['calendar.events.list']);
  expect([await job.appointments(), await job.conflicts()]).toEqual(before);
};
const settledOf = async () => (await job.appointment(id)).provenance.settled;

describe.each(doors)('[R2] seen by %s first', (_, bringTogether) => {
  test('an edit in Google comes here [F58]', async () => {
    await job.patch(id, { summary: 'Shave', ...inGoogle(hourOf(14)) });
    await bringTogether();
    await expectEqual({ title: 'Shave', hour: 14 });
  });

  test('changes of different fields are merged both ways', async () => {
    await job.edit(id, { title: 'Shave' });
    await job.patch(id, { location: 'Main St 1', ...inGoogle(hourOf(14)) });
    await bringTogether();
    await expectEqual({ title: 'Shave', location: 'Main St 1', hour: 14 });
    expect(await job.conflicts()).toEqual([]);
  });

  test('of two titles the later one wins, and the record names the other: here', async () => {
    await job.patch(id, { summary: 'Beard' });
    await job.edit(id, { title: 'Shave' });
    await bringTogether();
    await expectEqual({ title: 'Shave' });
    expect(await settledOf()).toMatchObject({
      policy: 'merge',
      chosen: { title: 'bookedbarber' },
      theirs: { title: 'Beard' },
    });
  });

  test('of two titles the later one wins, and the record names it: in Google', async () => {
    await job.edit(id, { title: 'Shave' });
    await job.patch(id, { summary: 'Beard' });
    await bringTogether();
    await expectEqual({ title: 'Beard' });
    expect(await settledOf()).toMatchObject({ policy: 'merge', chosen: { title: 'google' } });
  });

  test('the same edit on both sides is none', async () => {
    await job.edit(id, hourOf(14));
    await job.patch(id, inGoogle(hourOf(14)));
    await bringTogether();
    await expectEqual({ hour: 14 });
    expect(await job.conflicts()).toEqual([]);
  });

  test('two times wait for a person, in one item that further edits bring up to date, until both agree', async () => {
    await job.edit(id, hourOf(13));
    await job.patch(id, inGoogle(hourOf(14)));
    await bringTogether();
    const sides = (ours: number, theirs: number) => ({
      base: { start: '2026-03-03T10:00:00-05:00' },
      ours: { start: `2026-03-03T${ours}:00:00-05:00` },
      theirs: { start: `2026-03-03T${theirs}:00:00-05:00` },
    });
    expect(await job.conflicts()).toMatchObject([{ kind: 'fields', status: 'open', ...sides(13, 14) }]);
    await expectQuiet();

    await job.patch(id, inGoogle(hourOf(15)));
    await bringTogether();
    await job.edit(id, hourOf(16));
    await bringTogether();
    expect(await job.conflicts()).toMatchObject([{ status: 'open', ...sides(16, 15) }]);
    expect(job.live()).toMatchObject([{ start: { dateTime: '2026-03-03T15:00:00-05:00' } }]);
    await expectQuiet();

    await job.patch(id, inGoogle(hourOf(16)));
    await bringTogether();
    expect(await job.conflicts()).toMatchObject([{ status: 'agreed' }]);
    await expectEqual({ hour: 16 });
  });

  test('a deletion in Google cancels', async () => {
    await job.remove(id);
    await bringTogether();
    await expectCancelled();
  });

  test('a deletion in Google against an edit here waits for a person', async () => {
    await job.edit(id, { title: 'Shave' });
    await job.remove(id);
    await bringTogether();
    expect(await job.conflicts()).toMatchObject([
      { kind: 'deleted_in_google', status: 'open', theirs: 'gone', ours: { title: 'Shave' } },
    ]);
    expect(await job.appointment(id)).toMatchObject({ status: 'confirmed', sync: { state: 'conflict' } });
    await expectQuiet();
  });

  test('a cancellation here against an edit in Google waits for a person', async () => {
    await job.cancel(id);
    await job.patch(id, { summary: 'Shave' });
    await bringTogether();
    expect(await job.conflicts()).toMatchObject([
      { kind: 'deleted_in_bookedbarber', status: 'open', ours: 'gone', theirs: { title: 'Shave' } },
    ]);
    expect(job.live()).toHaveLength(1);
    await expectQuiet();
  });

  test('a cancellation on both sides is one', async () => {
    await job.cancel(id);
    await job.remove(id);
    await bringTogether();
    await expectCancelled();
    expect(await job.conflicts()).toEqual([]);
  });

  /** Here it is moved to 13 o'clock, later in Google to 14. */
  test.each([
    ['google_wins', { hour: 14 }, 'google'],
    ['bookedbarber_wins', { hour: 13 }, 'bookedbarber'],
    ['latest_wins', { hour: 14 }, 'google'],
  ] as const)('%s settles two times', async (policy, said, winner) => {
    await reopen(policy);
    await job.edit(id, hourOf(13));
    await job.patch(id, inGoogle(hourOf(14)));
    await bringTogether();
    await expectEqual(said);
    expect(await settledOf()).toMatchObject({ policy, chosen: { times: winner } });
    expect(await job.conflicts()).toEqual([]);
  });

  test('manual has a person decide even on different fields', async () => {
    await reopen('manual');
    await job.edit(id, { title: 'Shave' });
    await job.patch(id, inGoogle(hourOf(14)));
    await bringTogether();
    expect(await job.conflicts()).toMatchObject([{ kind: 'fields', status: 'open' }]);
    await expectQuiet();
  });

  test('google_wins lets a deletion there stand', async () => {
    await reopen('google_wins');
    await job.edit(id, { title: 'Shave' });
    await job.remove(id);
    await bringTogether();
    await expectCancelled();
    expect(await settledOf()).toMatchObject({ policy: 'google_wins', theirs: 'gone', chosen: { status: 'google' } });
  });

  test('bookedbarber_wins makes a deleted event anew, with the next id [F53]', async () => {
    await reopen('bookedbarber_wins');
    await job.edit(id, { title: 'Shave' });
    await job.remove(id);
    await bringTogether();
    await job.push(id); // The stream's hint for the decision to make it anew.
    await expectEqual({ title: 'Shave' });
    expect(await job.appointment(id)).toMatchObject({ link: { idGeneration: 2 } });
  });

  test('google_wins brings back what was cancelled here', async () => {
    await reopen('google_wins');
    await job.cancel(id);
    await job.patch(id, { summary: 'Shave' });
    await bringTogether();
    await expectEqual({ title: 'Shave' });
  });

  test('bookedbarber_wins deletes what was edited there', async () => {
    await reopen('bookedbarber_wins');
    await job.cancel(id);
    await job.patch(id, { summary: 'Shave' });
    await bringTogether();
    await job.push(id); // The stream's hint for the decision.
    await expectCancelled();
  });
});

test('[R2][R13] an edit that overtakes the write of a pull is merged with what the pull has found', async () => {
  await job.patch(id, inGoogle(hourOf(14)));
  let overtaken = false;
  const save: typeof job.stores.appointments.save = async (next, beside) => {
    if (!overtaken) {
      overtaken = true;
      await job.edit(id, { title: 'Shave' });
    }
    return job.stores.appointments.save(next, beside);
  };
  await job.sync(calendarKey, { appointments: { ...job.stores.appointments, save } });
  await job.push(id);
  await expectEqual({ title: 'Shave', hour: 14 });
});

describe('a block', () => {
  let blockId: AppointmentId;
  const foreign = { colorId: '5', attendees: [{ email: 'ann@example.com' }] };
  const openBlock = async (policy: ConflictPolicy) => {
    await reopen(policy);
    job.insert('Dentist', 15, foreign);
    await job.sync();
    blockId = (await job.appointments()).find(({ kind }) => kind === 'block')?.id ?? id;
  };

  test('that is edited here changes its event, and nothing else of it [F51]', async () => {
    await openBlock('merge');
    await job.edit(blockId, { title: 'Doctor', ...hourOf(16) });
    await job.push(blockId);
    expect(job.live()).toMatchObject([
      {},
      { ...foreign, summary: 'Doctor', start: { dateTime: '2026-03-03T16:00:00-05:00' } },
    ]);
    expect(await job.appointment(blockId)).toMatchObject({ fields: { title: 'Doctor' }, sync: { state: 'synced' } });
    await expectQuiet();
  });

  test('that is cancelled here is deleted there', async () => {
    await openBlock('merge');
    await job.cancel(blockId);
    await job.push(blockId);
    expect(job.live()).toHaveLength(1);
    await expectQuiet();
  });

  test('that is deleted there and edited here is made anew under bookedbarber_wins, once [R3]', async () => {
    await openBlock('bookedbarber_wins');
    await job.edit(blockId, { title: 'Doctor' });
    await job.remove(blockId);
    await job.sync();
    await job.push(blockId);
    expect(job.live()).toMatchObject([{}, { summary: 'Doctor' }]);
    expect(await job.appointments()).toHaveLength(2);
    await expectQuiet();
    await job.patch(blockId, { summary: 'Surgeon' });
    await job.sync();
    expect(await job.appointment(blockId)).toMatchObject({ fields: { title: 'Surgeon' } });
  });

  test('that is made anew leaves its old event, taken out of the bin, to a block of its own [R1][R3]', async () => {
    await openBlock('bookedbarber_wins');
    const eventId = (await job.appointment(blockId)).link?.eventId ?? '';
    const blocks = async () => (await job.appointments()).filter(({ kind }) => kind === 'block');
    await job.edit(blockId, { title: 'Doctor', ...hourOf(16) });
    await job.remove(blockId);
    await job.sync();
    await job.push(blockId);
    job.control.restoreEvent({ calendar: calendarId, eventId });
    await job.sync();
    expect(await blocks()).toMatchObject([
      { status: 'confirmed', fields: { title: 'Dentist' }, link: { eventId } },
      { id: blockId, status: 'confirmed', fields: { title: 'Doctor' } },
    ]);
    job.control.expireSyncTokens({ calendar: calendarId });
    await job.sync();
    await expectQuiet();
    job.control.deleteEvent({ calendar: calendarId, eventId });
    await job.sync();
    expect(await blocks()).toMatchObject([{ status: 'cancelled' }, { id: blockId, status: 'confirmed' }]);
  });

  test('that a person has made anew while its event, back again, was being listed, is not all that is left [R5]', async () => {
    await openBlock('merge');
    const eventId = (await job.appointment(blockId)).link?.eventId ?? '';
    await job.edit(blockId, { title: 'Doctor' });
    await job.remove(blockId);
    await job.sync();
    expect(await job.conflicts()).toMatchObject([{ status: 'open' }]);
    job.control.restoreEvent({ calendar: calendarId, eventId });
    await job.patch(blockId, { summary: 'Surgeon' });
    let decided = false;
    const save: typeof job.stores.appointments.save = async (next, beside) => {
      if (!decided) {
        decided = true;
        const known = await job.appointment(blockId);
        await job.stores.appointments.save(withNextId(kept(known)), { before: known });
      }
      return job.stores.appointments.save(next, beside);
    };
    await job.sync(calendarKey, { appointments: { ...job.stores.appointments, save } });
    await job.sync();
    expect(await job.appointments()).toMatchObject(
      expect.arrayContaining([expect.objectContaining({ kind: 'block', link: expect.objectContaining({ eventId }) })]),
    );
  });

  test('that no longer takes time is cancelled, and comes back when it does [F58]', async () => {
    await openBlock('merge');
    await job.patch(blockId, { transparency: 'transparent' });
    await job.sync();
    expect(await job.appointment(blockId)).toMatchObject({ status: 'cancelled' });
    await expectQuiet();
    await job.patch(blockId, { transparency: 'opaque' });
    await job.sync();
    expect(await job.appointment(blockId)).toMatchObject({ status: 'confirmed' });
  });
});

describe('our own lines in the description', () => {
  const client = { clientContact: 'ann@example.com', notes: 'Bring card' };
  beforeEach(async () => {
    await job.stop();
    job = await openGoogleJob({ ...defaultSettings, shared: { ...defaultSettings.shared, clientContact: true } });
    await job.sync();
    id = await job.book('booking', client);
    await job.push(id);
  });
  const described = () => job.live().map((event) => ('description' in event ? event.description : undefined));

  test('follow the notes, and are none of them', async () => {
    expect(described()).toEqual(['Bring card\n\nContact: ann@example.com']);
    await job.sync();
    expect((await job.appointment(id)).fields.notes).toBe('Bring card');
    await expectQuiet();
  });

  test('follow a change of what they say, whose answer may be lost', async () => {
    await job.edit(id, { clientContact: 'ann@example.org' });
    job.control.orderFault({ kind: 'commit-then-drop', method: 'PUT' });
    await job.push(id);
    await job.sync();
    await job.push(id);
    expect(described()).toEqual(['Bring card\n\nContact: ann@example.org']);
    expect((await job.appointment(id)).fields.notes).toBe('Bring card');
    await expectQuiet();
  });

  test('[R2] stay out of the way of a person who edits the notes in Google', async () => {
    await job.patch(id, { description: 'Bring cash\n\nContact: ann@example.com' });
    await job.edit(id, { clientContact: 'ann@example.org' });
    await job.push(id);
    expect(described()).toEqual(['Bring cash\n\nContact: ann@example.org']);
    expect((await job.appointment(id)).fields.notes).toBe('Bring cash');
    await expectQuiet();
  });
});

/** Both sides change; `said`: what comes of it. */
const meetings: [string, () => Promise<unknown>, { said?: { title: string; hour: number }; conflicts: object[] }][] = [
  [
    'different fields',
    async () => [await job.edit(id, { title: 'Shave' }), await job.patch(id, inGoogle(hourOf(14)))],
    { said: { title: 'Shave', hour: 14 }, conflicts: [] },
  ],
  [
    'the time',
    async () => [await job.edit(id, hourOf(13)), await job.patch(id, inGoogle(hourOf(14)))],
    { conflicts: [{ kind: 'fields', status: 'open' }] },
  ],
];

describe.each(meetings)('[R1][R5] a run that crashes where both have changed %s', (_, change, { said, conflicts }) => {
  test.each(['appointments', 'conflicts', 'calendars', 'google'] as const)(
    'at any call of %s ends as if it had not',
    async (port) => {
      for (const when of ['before', 'after'] as const) {
        let crashed = true;
        for (let call = 1; crashed; call++) {
          expect(call).toBeLessThan(20);
          await reopen('merge');
          await change();
          const sound = port === 'google' ? job.google : job.stores[port];
          const faulty = { [port]: failingAt<never>(sound as never, call, when) };
          const outcome = await job.sync(calendarKey, faulty).catch(() => undefined);
          crashed = outcome?.kind !== 'synced';
          await job.sync();
          expect(await job.conflicts()).toMatchObject(conflicts);
          await (said ? expectEqual(said) : expectQuiet());
        }
      }
    },
  );
});

test('[F49][R2] an edit that follows one whose answer was lost is no conflict with itself', async () => {
  await job.edit(id, hourOf(13));
  job.control.orderFault({ kind: 'commit-then-drop', method: 'PUT' });
  await job.push(id);
  await job.edit(id, hourOf(14));
  await job.push(id);
  expect(await job.conflicts()).toEqual([]);
  await expectEqual({ hour: 14 });
});

test('[R2] an edit of ours is not lost to itself under google_wins', async () => {
  await reopen('google_wins');
  await job.edit(id, hourOf(13));
  job.control.orderFault({ kind: 'commit-then-drop', method: 'PUT' });
  await job.push(id);
  await job.edit(id, hourOf(14));
  await job.sync();
  await expectEqual({ hour: 14 });
});

/** How far both sides are apart, counted without a write: what nobody has told the sync of, and what a listing mends. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Appointment } from '../../shared/domain/appointment.ts';
import { Superseded } from '../../shared/domain/errors.ts';
import { type AppointmentId, asId } from '../../shared/domain/ids.ts';
import { day, hour, type Instant, minute, plusMs } from '../../shared/domain/instant.ts';
import { freshHint, type Hint } from '../../shared/queue/hint.ts';
import { admit } from '../../shared/sync/admit.ts';
import type { SyncDeps, SyncOutcome } from '../../shared/sync/sync-calendar.ts';
import { calendarId, calendarKey, now } from '../support/samples.ts';
import { type GoogleJob, hourOf, inGoogle, openGoogleJob, shopId, shopKey } from './google-job.ts';

let job: GoogleJob;
beforeEach(async () => {
  job = await openGoogleJob();
});
afterEach(() => job.stop());

let clock = now;
beforeEach(() => {
  clock = plusMs(now, hour);
});
/** Hints come an hour after whatever a test has done, and a minute after each other. */
const receive = (hint: Partial<Hint>, overrides: Partial<SyncDeps> = {}): Promise<SyncOutcome> => {
  clock = plusMs(clock, minute);
  job.sent.splice(0);
  return job.syncAt(clock, hint, { google: job.google, ...overrides });
};
const compare = async (overrides: Partial<SyncDeps> = {}) => {
  const outcome = await receive({ reason: 'compare' }, overrides);
  return outcome.kind === 'compared' ? outcome.drift : expect.fail(JSON.stringify(outcome));
};
const hints = () => job.sent.map(({ hint }) => hint.reason);
/** Hints are followed until there are none, as the queue would have it. */
const drain = async () => {
  while (job.sent.length > 0) {
    const waiting = job.sent.splice(0);
    for (const { hint } of waiting) {
      clock = plusMs(clock, minute);
      await job.syncAt(clock, hint, { google: job.google });
    }
  }
};
const driftNow = async () => (await job.calendarNow()).drift;

/** Behind the system's back: no mark, no hint, no base. */
const tamper = async (id: AppointmentId, change: (appointment: Appointment) => Partial<Appointment>) => {
  const appointment = await job.appointment(id);
  const revision = appointment.revision + 1;
  const next = { ...appointment, ...change(appointment), revision };
  expect(await job.stores.appointments.save(next, { before: appointment })).toBe('saved');
};
const retitled = (title: string) => (appointment: Appointment) => ({ fields: { ...appointment.fields, title } });
/** The cursor is moved past whatever has changed in Google, as if it had been stored. */
const skipChanges = async () => {
  const calendar = await job.calendarNow();
  const { accessToken } = await job.connectionNow();
  const caller = { accessToken: accessToken.replace('sealed:', ''), quotaUser: 'nobody' };
  const page = await job.google.listEvents(caller, {
    calendarId,
    window: { from: now, to: now },
    ...(calendar.cursor !== undefined && { cursor: calendar.cursor }),
  });
  if (page.kind !== 'page' || page.next.kind !== 'end') throw new Error('More than one page');
  const { cursor } = page.next;
  await job.stores.calendars.commitListing(calendar, {
    cursor,
    queryVersion: calendar.queryVersion ?? 0,
    coveredBefore: clock,
    lastSyncAt: clock,
  });
};

/** Two bookings and two blocks, on which both sides agree. */
const agreeOnFour = async () => {
  const ids = [await job.book('one', hourOf(9)), await job.book('two', hourOf(10))];
  await job.insert('Dentist', 11);
  await job.insert('Gym', 12);
  await job.sync();
  await job.sync();
  const all = await job.appointments();
  expect(all.map(({ sync }) => sync.state)).toEqual(Array(4).fill('synced'));
  const blocks = all.filter(({ kind }) => kind === 'block').map(({ id }) => id);
  return [...ids, ...blocks] as [AppointmentId, AppointmentId, AppointmentId, AppointmentId];
};
const everything = async () => ({
  ours: await job.appointments(),
  theirs: job.control.events({ calendar: calendarId }),
});

test('[R1] [R4] where both agree none differ: nothing is written, and nothing follows', async () => {
  await agreeOnFour();
  job.control.insertEvent({
    calendar: calendarId,
    event: { summary: 'Free', transparency: 'transparent', ...inGoogle(hourOf(13)) },
  });
  const before = await everything();
  expect(await compare()).toEqual({ at: clock, compared: 4, differing: 0, nextAt: plusMs(clock, day) });
  expect(await everything()).toEqual(before);
  expect(hints()).toEqual([]);
  expect(await driftNow()).toMatchObject({ compared: 4, differing: 0 });
});

const differences: Record<
  string,
  (ids: [AppointmentId, AppointmentId, AppointmentId, AppointmentId]) => Promise<unknown>
> = {
  'a booking that was overwritten here': ([booking]) => tamper(booking, retitled('Shave')),
  'a block that was overwritten here': ([, , block]) => tamper(block, retitled('Surgeon')),
  'an event that was moved': ([booking]) => job.patch(booking, inGoogle(hourOf(16))),
  'an event that was deleted': ([booking]) => job.remove(booking),
  'a block whose event was deleted': ([, , block]) => job.remove(block),
  'an event that was moved to another calendar': async ([booking]) => {
    await job.addShop();
    await job.sync(shopKey);
    await job.moveTo(shopId, booking);
  },
  'an event that nobody has told of': async () => job.insert('Unheard of', 15),
  'a block set aside for an event that can be read (again)': ([, , block]) =>
    tamper(block, () => ({ sync: { state: 'quarantined', reason: 'Not readable by the release before' } })),
};

test.each(Object.entries(differences))('[R1] counts %s, writes nothing, and has it mended', async (_, differ) => {
  await differ(await agreeOnFour());
  await skipChanges();
  const before = await everything();

  expect(await compare()).toMatchObject({ differing: 1 });
  expect(await everything()).toEqual(before);
  expect(hints()).toEqual(['sweep', 'compare']);

  await drain();
  expect(await driftNow()).toMatchObject({ differing: 0 });
  expect(await compare()).toMatchObject({ differing: 0 });
});

const kinds: Record<string, object> = {
  'one of all day': { start: { date: '2026-03-04' }, end: { date: '2026-03-06' } },
  'a series': { ...inGoogle(hourOf(9)), recurrence: ['RRULE:FREQ=DAILY;COUNT=40'] },
  'a series without an end': { ...inGoogle(hourOf(9)), recurrence: ['RRULE:FREQ=WEEKLY'] },
  'a private one': { ...inGoogle(hourOf(9)), visibility: 'private', description: 'Nobody’s business' },
  'a free one': { ...inGoogle(hourOf(9)), transparency: 'transparent' },
  'one in another zone': {
    start: { dateTime: '2026-03-03T10:00:00', timeZone: 'Asia/Calcutta' },
    end: { dateTime: '2026-03-03T11:30:00', timeZone: 'Asia/Calcutta' },
  },
  'one that reaches into the window': {
    start: { dateTime: '2026-01-01T10:00:00Z' },
    end: { dateTime: '2026-02-10T11:00:00Z' },
  },
  'one of all day at the end of what is compared': { start: { date: '2027-01-24' }, end: { date: '2027-01-25' } },
  'one with text that Google rewrites': { ...inGoogle(hourOf(9)), description: '<b>Bold</b><br>and more ' },
};

test.each(Object.entries(kinds))(
  '[R1] [F54] %s differs in nothing once it is synced, today or in a month',
  async (_, event) => {
    job.control.insertEvent({ calendar: calendarId, event: { summary: 'Of its kind', ...event } });
    await job.sync();
    await job.sync();
    await job.stores.connections.saveTokens(await job.connectionNow(), { accessTokenExpiresAt: plusMs(now, 99 * day) });
    for (const days of [0, 7, 28]) {
      clock = plusMs(now, days * day);
      expect(await compare()).toMatchObject({ differing: 0 });
      expect(hints()).toEqual([]);
    }
  },
);

test('[R1] a lost notification is no secret either: what only the next sync would bring is counted now', async () => {
  const [booking] = await agreeOnFour();
  await job.patch(booking, { summary: 'Haircut and shave' });
  expect(await compare()).toMatchObject({ compared: 4, differing: 1 });
  await drain();
  expect(await driftNow()).toMatchObject({ differing: 0 });
});

describe('what is known to differ is not counted:', () => {
  const explained: Record<string, (id: AppointmentId) => Promise<unknown>> = {
    'a booking that is pending': (id) => job.edit(id, { title: 'Shave' }),
    'one that is in review': async (id) => {
      await job.edit(id, { start: hourOf(14).start, end: hourOf(14).end });
      await job.patch(id, inGoogle(hourOf(15)));
      await job.sync();
      expect((await job.appointment(id)).sync.state).toBe('conflict');
    },
    'one that is held': (id) =>
      tamper(id, (booking) => ({ ...retitled('Shave')(booking), sync: { state: 'held', conflictId: asId('mass') } })),
    'an event that is set aside': async (id) => {
      await job.patch(id, inGoogle({ start: hourOf(9).start, end: '2026-06-03T10:00:00' })); // Too long for a booking.
      await job.sync();
      expect((await job.appointment(id)).sync.state).toBe('quarantined');
    },
  };

  test.each(Object.entries(explained))('%s', async (_, explain) => {
    const [booking] = await agreeOnFour();
    await explain(booking);
    expect(await compare()).toMatchObject({ differing: 0 });
  });

  test('an event beyond what the last generation must have reached', async () => {
    await agreeOnFour();
    const farAway = plusMs(now, 350 * day);
    const times = { start: { dateTime: farAway }, end: { dateTime: plusMs(farAway, hour) } };
    job.control.insertEvent({ calendar: calendarId, event: { summary: 'Next year', ...times } });
    expect(await compare()).toMatchObject({ compared: 4, differing: 0 });
  });
});

test('[R11] a difference that outlives its mending is looked at again the next day only', async () => {
  const [booking] = await agreeOnFour();
  // Google shows an event alive, at a version of which the end was known: no listing decides against what was known.
  await tamper(booking, () => ({ status: 'cancelled' as const }));
  await compare();
  expect(hints()).toEqual(['sweep', 'compare']);
  await drain();
  const drift = await driftNow();
  expect(drift).toMatchObject({ differing: 1, nextAt: plusMs(drift?.at ?? now, day) });
});

test('[R1] what differs is mended at once, also by whoever has a clock that is a little behind', async () => {
  const [booking] = await agreeOnFour();
  await tamper(booking, retitled('Shave'));
  await compare();
  const [listing = expect.fail('Nothing is asked for')] = job.sent.splice(0);
  await job.syncAt(plusMs(clock, -999), listing.hint, { google: job.google });
  await drain();
  expect(await compare()).toMatchObject({ differing: 0 });
});

test('[R11] however often it is asked for meanwhile, one comparison answers', async () => {
  await agreeOnFour();
  const askedAt = clock;
  await compare();
  const calendar = await job.calendarNow();
  const admission = (sentAt: Instant) =>
    admit(calendar, { hint: freshHint(calendarKey, 'compare', asId('chain')).hint, sentAt, now: plusMs(clock, 1) });
  expect(admission(askedAt)).toEqual({ kind: 'acknowledged', because: 'covered' });
  expect(admission(clock)).toEqual({ kind: 'compare' });
});

test('a calendar that is being listed for the first time is not compared', async () => {
  expect(await receive({ reason: 'compare' })).toEqual({ kind: 'acknowledged', because: 'listing_first' });
});

test('[R11] says so when time did not suffice for all of it', async () => {
  await agreeOnFour();
  let calls = 0;
  const remainingMs = () => (calls++ < 1 ? minute : 0);
  clock = plusMs(clock, minute);
  const outcome = await job.syncFor(remainingMs, clock, { reason: 'compare' }, { google: job.google });
  expect(outcome).toMatchObject({ kind: 'compared', drift: { compared: 0, differing: 0, partial: true } });
});

test('[R13] a worker whose calendar has moved on publishes nothing', async () => {
  await agreeOnFour();
  const google = {
    ...job.google,
    listEvents: async (...given: Parameters<typeof job.google.listEvents>) => {
      const page = await job.google.listEvents(...given);
      await skipChanges();
      await job.stores.calendars.commitListing(await job.calendarNow(), {
        cursor: 'newer',
        queryVersion: 1,
        coveredBefore: clock,
        lastSyncAt: clock,
      });
      return page;
    },
  };
  await expect(compare({ google })).rejects.toThrow(Superseded);
  expect(await driftNow()).toBeUndefined();
});

test('what kept it from being synced is over once Google answers again: a listing says so', async () => {
  await agreeOnFour();
  const trouble = { since: clock, failures: 1, reason: 'backendError' };
  await job.stores.calendars.noteTrouble(await job.calendarNow(), trouble);
  expect(await compare()).toMatchObject({ differing: 0 });
  expect(hints()).toEqual(['sweep']);
  await drain();
  expect((await job.calendarNow()).trouble).toBeUndefined();
});

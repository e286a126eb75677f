/** Pulling over stores in memory, with a Google that says what each test has it say. */
import { beforeEach, describe, expect, test } from 'vitest';
import type { Appointment } from '../../shared/domain/appointment.ts';
import type { EventChange } from '../../shared/domain/calendar-event.ts';
import { blockIdOf } from '../../shared/domain/derived-ids.ts';
import { RetryLater, Superseded } from '../../shared/domain/errors.ts';
import { asId, type EventId } from '../../shared/domain/ids.ts';
import { day, hour, minute, plusMs } from '../../shared/domain/instant.ts';
import { defaultSettings } from '../../shared/domain/settings.ts';
import type { EventsPage, EventsRequest } from '../../shared/google/calendar-api.ts';
import type { Run } from '../../shared/pull/listing.ts';
import { pull } from '../../shared/pull/pull.ts';
import { windowAt } from '../../shared/schedule/window.ts';
import { Crash, failingAt, recording } from '../support/faulty.ts';
import { memoryStores, type Stores } from '../support/memory-store.ts';
import { aCalendar, anAppointment, anEvent, at, calendarKey, now, userId } from '../support/samples.ts';

let stores: Stores;
let requests: EventsRequest[];
let asked: EventId[];
let known: Map<EventId, EventChange>;
let occurrences: Map<EventId, ReadonlySet<EventId>>;
beforeEach(async () => {
  stores = memoryStores();
  requests = [];
  asked = [];
  known = new Map();
  occurrences = new Map();
  await stores.calendars.register(aCalendar(), { dueAt: now, renewChannel: false });
});

type Answer = EventsPage | { kind: 'expired' };
const zone = { kind: 'page', timeZone: 'America/New_York' } as const;
const more = (pageToken: string, ...changes: EventChange[]): Answer => ({
  ...zone,
  changes,
  next: { kind: 'more', pageToken },
});
const end = (cursor: string, ...changes: EventChange[]): Answer => ({
  ...zone,
  changes,
  next: { kind: 'end', cursor },
});
const expired: Answer = { kind: 'expired' };

const event = (id: string, overrides = {}): EventChange => ({
  kind: 'event',
  event: anEvent({ id: asId(id), ...overrides }),
});
const time = (dateTime: string) => ({ kind: 'dateTime', dateTime, timeZone: 'America/New_York' }) as const;
const deleted = (id: string): EventChange => ({ kind: 'deleted', id: asId(id) });
const unreadable = (id: string, reason = 'start'): EventChange => ({ kind: 'unreadable', id: asId(id), reason });

/** Google gives these answers one after the other. */
const google = (...answers: Answer[]) => ({
  async listEvents(request: EventsRequest): Promise<Answer> {
    requests.push(request);
    return answers.shift() ?? expect.fail('Google was asked more often than expected');
  },
  /** Asked one by one, Google knows no event but those that a test has it know. */
  async getEvent(eventId: EventId): Promise<EventChange> {
    asked.push(eventId);
    return known.get(eventId) ?? { kind: 'deleted', id: eventId };
  },
  async listOccurrences(seriesId: EventId): Promise<ReadonlySet<EventId>> {
    return occurrences.get(seriesId) ?? new Set();
  },
  listCalendars: async () => [],
  random: () => 0.5,
});

const aRun = (overrides: Partial<Run> = {}): Run => ({
  chainId: asId('chain'),
  startedAt: now,
  settings: defaultSettings,
  ownerMark: 'owner',
  remainingMs: () => 60_000,
  ...overrides,
});
const calendar = async () => (await stores.calendars.load(calendarKey)) ?? expect.fail('There is no calendar');
const runPull = async (listing: ReturnType<typeof google>, run = aRun(), ports: Partial<Stores> = {}) =>
  pull({ ...stores, ...ports, ...listing }, await calendar(), run);
const stored = async (id: string) =>
  (await stores.appointments.loadMany(userId, [blockIdOf(calendarKey, id as EventId)]))[0];

describe('a generation', () => {
  test('lists the window page by page and saves the cursor of the last [F5]', async () => {
    const summary = await runPull(google(more('p2', event('a')), more('p3'), end('c1', event('b'))));
    expect(requests.map(({ pageToken }) => pageToken)).toEqual([undefined, 'p2', 'p3']);
    expect(requests[0]?.window).toEqual({ from: at('2026-01-31T12:00:00Z'), to: at('2027-03-02T12:00:00Z') });
    expect(summary).toMatchObject({ coveredBefore: now, generation: true, pages: 3, tally: { create: 2 } });
    expect(await calendar()).toMatchObject({ cursor: 'c1', coveredBefore: now, lastSyncAt: now });
    expect((await calendar()).checkpoint).toBeUndefined();
  });

  test('that runs out of time goes on from its checkpoint, window and start unmoved [R11][F6]', async () => {
    const summary = await runPull(google(more('p2', event('a'))), aRun({ remainingMs: () => 5_000 }));
    expect(summary).toMatchObject({ generation: true, pages: 1, tally: { create: 1 } });
    expect(summary).not.toHaveProperty('coveredBefore');
    expect((await calendar()).cursor).toBeUndefined();

    const later = aRun({ startedAt: plusMs(now, hour) });
    const resumed = await runPull(google(end('c1', event('b'))), later);
    expect(resumed.coveredBefore).toBe(now); // It says nothing of what came since.
    expect(requests[1]).toMatchObject({ pageToken: 'p2', window: windowAt(now) });
    expect(await calendar()).toMatchObject({ cursor: 'c1', coveredBefore: now, lastSyncAt: later.startedAt });
    expect([await stored('a'), await stored('b')]).toEqual([expect.anything(), expect.anything()]);
  });

  test('[R12] keeps account of the notification that began it, over all of its runs', async () => {
    const notifiedAt = at('2026-03-02T11:59:58Z');
    await runPull(google(more('p2', event('a'))), aRun({ notifiedAt, remainingMs: () => 5_000 }));
    const last = aRun({ startedAt: plusMs(now, hour), chainId: asId('later') });
    await runPull(google(end('c1', event('b'))), last);
    expect(await calendar()).toMatchObject({
      lastNotificationAt: notifiedAt,
      lastAnsweredAt: last.startedAt,
      lastNotifiedRun: { chainId: 'chain', changes: { create: 2 } },
    });
  });

  test('[R11][F6] whose pages never end is given up, however slowly they come, and begun anew', async () => {
    const endless = { ...google(), listEvents: async () => more('again') };
    const hurried = aRun({ remainingMs: () => 5_000 });
    const step = { kind: 'list', pageToken: 'again' } as const;
    const begun = { startedAt: now, window: windowAt(now), page: 0, step, harmed: 7 };
    await stores.calendars.saveCheckpoint(await calendar(), begun);
    const untilRefused = async () => {
      for (let run = 1; run <= 1_001; run++) await runPull(endless, hurried);
    };
    await expect(untilRefused()).rejects.toThrow(RetryLater);
    const { checkpoint } = await calendar();
    expect(checkpoint).toMatchObject({ page: 0, step: { kind: 'list' }, harmed: 7 }); // [R9]
    expect(checkpoint?.step).not.toHaveProperty('pageToken');
  });

  test('whose page token has died starts again, once', async () => {
    const step = { kind: 'list', pageToken: 'dead' } as const;
    await stores.calendars.saveCheckpoint(aCalendar(), { startedAt: now, window: windowAt(now), page: 1, step });
    await runPull(google(expired, end('c1')));
    expect(requests.map(({ pageToken }) => pageToken)).toEqual(['dead', undefined]);
    await expect(runPull(google(expired, expired))).rejects.toThrow(RetryLater);
  });

  test('[R5][R8] that starts again cancels what it has stored by then, when it was deleted meanwhile', async () => {
    await runPull(google(more('p2', event('a')), more('p3', event('b')), expired, end('c1', event('a'))));
    expect(await stored('a')).toMatchObject({ status: 'confirmed' });
    expect(await stored('b')).toMatchObject({ status: 'cancelled' });
  });

  test('[R12] that starts again in a later run keeps account of the notification that began it', async () => {
    const notifiedAt = at('2026-03-02T11:59:58Z');
    await runPull(google(more('p2', event('a'))), aRun({ notifiedAt, remainingMs: () => 5_000 }));
    await runPull(google(expired, end('c1', event('a'))), aRun({ startedAt: plusMs(now, hour) }));
    expect(await calendar()).toMatchObject({ lastNotificationAt: notifiedAt, lastNotifiedRun: { chainId: 'chain' } });
  });
});

describe('an increment', () => {
  beforeEach(async () => {
    await runPull(google(end('c1', event('a'))));
    requests = [];
  });

  test('asks from the cursor, and applies what has changed', async () => {
    const changed = event('a', { summary: 'Doctor', updated: at('2026-03-02T00:00:00Z') });
    const summary = await runPull(google(end('c2', changed, event('b'), deleted('never-seen'))));
    expect(requests).toMatchObject([{ cursor: 'c1' }]);
    expect(summary.tally).toEqual({ update: 1, create: 1, nothing: 1 });
    expect(await stored('a')).toMatchObject({ fields: { title: 'Doctor' }, version: 2 });
    expect(await calendar()).toMatchObject({ cursor: 'c2' });
  });

  test('[F1] whose cursor has expired becomes a generation in the same run', async () => {
    const summary = await runPull(google(expired, end('c9', event('a'), event('b'))));
    expect(requests.map(({ cursor }) => cursor)).toEqual(['c1', undefined]);
    expect(summary).toMatchObject({
      coveredBefore: plusMs(now, 1),
      generation: true,
      tally: { nothing: 1, create: 1 },
    });
    expect(await calendar()).toMatchObject({ cursor: 'c9' });
  });

  test('[R4] that brings nothing new writes the cursor and nothing else', async () => {
    const { port, calls } = recording(stores.appointments);
    await runPull(google(end('c2', event('a'))), aRun(), { appointments: port });
    expect(calls).not.toContain('save');
  });

  test('of nothing at all does not even read appointments', async () => {
    const { port, calls } = recording(stores.appointments);
    await runPull(google(end('c2')), aRun(), { appointments: port });
    expect(calls).toEqual([]);
  });

  test('notes when a notification brought it', async () => {
    await runPull(google(end('c2')), aRun({ notifiedAt: now }));
    expect(await calendar()).toMatchObject({ lastNotificationAt: now });
  });

  test('[R3] names an event twice: the later word counts', async () => {
    await runPull(google(end('c2', event('b'), deleted('b'))));
    expect(await stored('b')).toBeUndefined();
  });

  test('[R13][F46] of a worker that was overtaken does not move the cursor', async () => {
    const overtaken = await calendar();
    await runPull(google(end('c2')));
    const late = pull({ ...stores, ...google(end('late')) }, overtaken, aRun());
    await expect(late).rejects.toThrow(Superseded);
    expect(await calendar()).toMatchObject({ cursor: 'c2' });
  });
});

describe('[R5][F4] events that cannot be read', () => {
  test('are kept aside, the cursor goes on, and they are released once they can be read or are gone', async () => {
    await runPull(google(end('c1', unreadable('odd'), unreadable('gone'), event('a'))));
    expect(await stores.quarantine.list(calendarKey)).toEqual(new Set(['odd', 'gone']));
    expect(await calendar()).toMatchObject({ cursor: 'c1' });

    await runPull(google(end('c2', event('odd'), deleted('gone'))));
    expect(await stores.quarantine.list(calendarKey)).toEqual(new Set());
    expect(await stored('odd')).toBeDefined();
  });

  test('leave an appointment that is there as it was, marked with the reason', async () => {
    await runPull(google(end('c1', event('a'))));
    await runPull(google(end('c2', unreadable('a', 'end'))));
    expect(await stored('a')).toMatchObject({ status: 'confirmed', sync: { state: 'quarantined', reason: 'end' } });
    await runPull(google(end('c2', unreadable('a', 'end'))));
    expect(await stored('a')).toMatchObject({ version: 2 });
    expect(await stores.quarantine.list(calendarKey)).toEqual(new Set(['a']));
    await runPull(google(end('c3', event('a', { updated: at('2026-03-02T01:00:00Z') }))));
    expect(await stored('a')).toMatchObject({ sync: { state: 'synced' } });
    expect(await stores.quarantine.list(calendarKey)).toEqual(new Set());
  });
});

describe('[R3][R5][F3] a crash', () => {
  const changes = () => [event('a'), event('b'), event('c')];

  test.each([1, 2, 3, 4])(
    'before or after write %i is made good by the next run, with nothing doubled',
    async (call) => {
      for (const when of ['before', 'after'] as const) {
        stores = memoryStores();
        await stores.calendars.register(aCalendar(), { dueAt: now, renewChannel: false });
        const appointments = failingAt(stores.appointments, call, when);
        await expect(runPull(google(end('c1', ...changes())), aRun(), { appointments })).rejects.toThrow(Crash);
        expect((await calendar()).cursor).toBeUndefined();

        await runPull(google(end('c1', ...changes())));
        const all = await Promise.all(['a', 'b', 'c'].map(stored));
        expect(all).toMatchObject([{ version: 1 }, { version: 1 }, { version: 1 }]);
      }
    },
  );

  test('in the answer to a write that was made is no conflict', async () => {
    const lostOnce = { ...stores.appointments };
    let lost = false;
    lostOnce.save = async (appointment) => {
      const answer = await stores.appointments.save(appointment);
      if (lost) return answer;
      lost = true;
      return 'conflict'; // What the SDK's own retry of a write that had succeeded is told.
    };
    const summary = await runPull(google(end('c1', event('a'))), aRun(), { appointments: lostOnce });
    expect(summary.tally).toEqual({ nothing: 1 });
    expect(await stored('a')).toMatchObject({ version: 1 });
  });
});

describe('[R8] a generation after the first', () => {
  const later = aRun({ startedAt: plusMs(now, hour) });
  beforeEach(async () => {
    await runPull(google(end('c1', event('a'), event('b'), event('c'))));
  });

  test('[F2] cancels what was deleted while the cursor was dead, once Google confirms it', async () => {
    const summary = await runPull(google(expired, end('c9', event('a'), event('c'))), later);
    const coveredBefore = plusMs(later.startedAt, 1); // It was begun anew.
    expect(summary).toMatchObject({ coveredBefore, generation: true, tally: { cancel: 1 } });
    expect(asked).toEqual(['b']);
    expect(await stored('b')).toMatchObject({ status: 'cancelled', version: 2 });
    expect(await stored('a')).toMatchObject({ status: 'confirmed', version: 1 });
  });

  test('[R5] cancels what was deleted so soon that the agenda’s index does not show it yet', async () => {
    const appointments = { ...stores.appointments, list: async () => ({ items: [] }) };
    await runPull(google(expired, end('c9', event('a'), event('c'))), later, { appointments });
    expect(asked).toEqual(['b']);
    expect(await stored('b')).toMatchObject({ status: 'cancelled' });
  });

  test('[F8] that is short or empty deletes nothing that Google still knows', async () => {
    for (const id of ['a', 'b', 'c']) known.set(id as EventId, event(id));
    await runPull(google(expired, end('c9')), later);
    expect(asked.toSorted()).toEqual(['a', 'b', 'c']);
    const all = await Promise.all(['a', 'b', 'c'].map(stored));
    expect(all.map((appointment) => appointment?.status)).toEqual(['confirmed', 'confirmed', 'confirmed']);
  });

  test('[F7] judges nothing before its last page, whichever page an event is on', async () => {
    await runPull(google(expired, more('p2', event('a')), more('p3', event('b')), end('c9', event('c'))), later);
    expect(asked).toEqual([]);
  });

  test('remembers what it has seen when it runs out of time between pages', async () => {
    const hurried = aRun({ startedAt: later.startedAt, remainingMs: () => 5_000 });
    await runPull(google(expired, more('p2', event('a'))), hurried);
    expect(await calendar()).toMatchObject({ cursor: 'c1', checkpoint: { page: 1, step: { pageToken: 'p2' } } });
    await runPull(google(end('c9', event('b'))), later);
    expect(asked).toEqual(['c']);
    expect(await calendar()).toMatchObject({ cursor: 'c9' });
  });

  test('[R5] cancels what was written, and then deleted, between two of its runs', async () => {
    await runPull(google(expired, more('p2', event('a'))), { ...later, remainingMs: () => 5_000 });
    const { revision, ...before } = (await stored('b')) ?? expect.fail();
    await stores.appointments.save({ ...before, revision: revision + 1, updatedAt: plusMs(later.startedAt, minute) });
    await runPull(google(end('c9', event('c'))), aRun({ startedAt: plusMs(later.startedAt, hour) }));
    expect(asked).toEqual(['b']);
    expect(await stored('b')).toMatchObject({ status: 'cancelled' });
  });

  test('[R5] that comes to its last page without time left is compared by the next run, as of its own start', async () => {
    await runPull(google(expired, end('c9', event('a'), event('c'))), { ...later, remainingMs: () => -minute });
    expect(asked).toEqual([]);
    expect(await calendar()).toMatchObject({ cursor: 'c1', checkpoint: { step: { kind: 'compare', cursor: 'c9' } } });
    await runPull(google(), aRun({ startedAt: plusMs(later.startedAt, hour) }));
    expect(asked).toEqual(['b']);
    expect(await stored('b')).toMatchObject({ status: 'cancelled' });
    expect(await calendar()).toMatchObject({ cursor: 'c9' });
  });

  test('[R5] asks about what was written while it was listing too: it may be there, or its deletion be covered', async () => {
    known.set('b' as EventId, event('b'));
    await runPull(google(expired, end('c9', event('a'))), aRun({ startedAt: plusMs(now, -2_000) }));
    expect(asked.toSorted()).toEqual(['b', 'c']);
    expect(await stored('b')).toMatchObject({ status: 'confirmed' });
    expect(await stored('c')).toMatchObject({ status: 'cancelled' });
  });

  test('[R11] asks for many in portions, and goes on behind the last when its time is over', async () => {
    const ids = Array.from({ length: 150 }, (_, nth) => `many-${nth}`);
    await runPull(google(end('c2', ...ids.map((id) => event(id)))));
    let leftMs = minute;
    const listing = google(expired, end('c9', event('a'), event('b'), event('c')));
    const getEvent: typeof listing.getEvent = async (id) => {
      leftMs = 5_000;
      return listing.getEvent(id);
    };
    const run = aRun({ startedAt: later.startedAt, remainingMs: () => leftMs });
    await pull({ ...stores, ...listing, getEvent }, await calendar(), run);
    expect(asked).toHaveLength(64);
    await runPull(google(), aRun({ startedAt: plusMs(later.startedAt, hour) }));
    expect(new Set(asked)).toEqual(new Set(ids));
    expect(asked).toHaveLength(150);
  });

  test.each<[string, Appointment['sync']]>([
    ['in review', { state: 'conflict', conflictId: asId('item'), theirs: anAppointment().fields }],
    ['set aside', { state: 'quarantined', reason: 'Not readable' }],
  ])(
    '[R5][R10] asks for the event of what is cancelled here and %s: of what is gone nobody need decide',
    async (_, sync) => {
      const { revision, ...before } = (await stored('b')) ?? expect.fail();
      await stores.appointments.save({
        ...before,
        revision: revision + 1,
        status: 'cancelled',
        base: before.fields,
        sync,
      });
      await runPull(google(expired, end('c9', event('a'), event('c'))), later);
      expect(asked).toEqual(['b']);
      expect(await stored('b')).toMatchObject({ status: 'cancelled', sync: { state: 'synced' } });
    },
  );

  test('leaves alone what lies outside of the window, and other calendars', async () => {
    const outside = { start: time('2025-01-01T10:00:00Z'), end: time('2025-01-01T11:00:00Z') };
    await runPull(google(end('c2', event('c', { updated: at('2026-03-02T00:00:00Z'), ...outside }))));
    const foreign = anAppointment({
      id: asId('foreign'),
      link: { ...(anAppointment().link ?? expect.fail()), calendarKey: asId('other') },
    });
    await stores.appointments.save({ ...foreign, updatedAt: at('2026-01-01') });
    await runPull(google(expired, end('c9', event('a'), event('b'))), later);
    expect(asked).toEqual([]);
  });

  test('brings back what Google knows in another version', async () => {
    known.set('b' as EventId, event('b', { summary: 'Renamed', updated: at('2026-03-02T00:00:00Z') }));
    await runPull(google(expired, end('c9', event('a'), event('c'))), later);
    expect(await stored('b')).toMatchObject({ status: 'confirmed', fields: { title: 'Renamed' } });
  });
});

describe('a generation is due', () => {
  test('about a month after the last, so that the window moves on', async () => {
    await runPull(google(end('c1')));
    requests = [];
    await runPull(google(end('c2')), aRun({ startedAt: plusMs(now, 30 * day - 1) }));
    await runPull(google(end('c3')), aRun({ startedAt: plusMs(now, 30 * day) }));
    await runPull(google(end('c4')), aRun({ startedAt: plusMs(now, 31 * day) }));
    expect(requests.map(({ cursor }) => cursor)).toEqual(['c1', undefined, 'c3']);
  });

  test('[F9] when the query is not the one that the cursor was made with', async () => {
    const commit = { cursor: 'old', queryVersion: 0, coveredBefore: now, lastSyncAt: now };
    await stores.calendars.commitListing(aCalendar(), commit);
    await runPull(google(end('c1')));
    expect(requests.map(({ cursor }) => cursor)).toEqual([undefined]);
    expect(await calendar()).toMatchObject({ cursor: 'c1', queryVersion: 1 });
  });
});

describe('[F55] a series', () => {
  const recurringEventId = asId<EventId>('series');
  const occurrence = (day: number) =>
    event(`series_2026030${day}T150000Z`, {
      recurringEventId,
      start: time(`2026-03-0${day}T15:00:00Z`),
      end: time(`2026-03-0${day}T16:00:00Z`),
    });
  const days = [3, 4, 5];
  const statuses = async () =>
    Promise.all(days.map(async (day) => (await stored(`series_2026030${day}T150000Z`))?.status));
  beforeEach(async () => {
    await runPull(google(end('c1', ...days.map(occurrence), event('single'))));
  });

  test('that is deleted goes whole when only the series is named', async () => {
    await runPull(google(end('c2', deleted('series'))));
    expect(await statuses()).toEqual(['cancelled', 'cancelled', 'cancelled']);
    expect(await stored('single')).toMatchObject({ status: 'confirmed' });
  });

  test('that is deleted goes whole when only its next occurrence is named', async () => {
    await runPull(google(end('c2', deleted('series_20260303T150000Z'))));
    expect(await statuses()).toEqual(['cancelled', 'cancelled', 'cancelled']);
  });

  test('of which one occurrence is deleted keeps the others, without asking for each', async () => {
    occurrences.set(recurringEventId, new Set(['series_20260304T150000Z', 'series_20260305T150000Z'] as EventId[]));
    await runPull(google(end('c2', deleted('series_20260303T150000Z'))));
    expect(await statuses()).toEqual(['cancelled', 'confirmed', 'confirmed']);
    expect(asked).toEqual([]);
  });

  test('[R11] is looked for in an agenda that has an end: none is cancelled when it has not, and the cursor stays', async () => {
    let reads = 0;
    const list = async () => {
      reads += 1;
      return { items: [], after: String(reads) };
    };
    const ports = { appointments: { ...stores.appointments, list } };
    await expect(runPull(google(end('c2', deleted('series'))), aRun(), ports)).rejects.toThrow(RetryLater);
    expect(reads).toBeLessThanOrEqual(200);
    expect(await statuses()).toEqual(['confirmed', 'confirmed', 'confirmed']);
    expect(await calendar()).toMatchObject({ cursor: 'c1' });
  });

  test('is not listed again for a deletion that is none of its business', async () => {
    await runPull(google(end('c2', deleted('single'), deleted('never-seen'))));
    expect(await statuses()).toEqual(['confirmed', 'confirmed', 'confirmed']);
    expect(asked).toEqual([]);
  });
});

test('a pull says when Google saw what it has applied, over all of its pages, and nothing of what was known', async () => {
  await runPull(google(end('c1', event('known'))));
  const updated = (minutes: number) => ({ updated: plusMs(now, minutes * minute) });
  const pages = [more('p2', event('known'), event('late', updated(2))), end('c2', event('early', updated(1)))];
  const { changedAt } = await runPull(google(...pages), aRun({ startedAt: plusMs(now, hour) }));
  expect(changedAt).toEqual([plusMs(now, minute), plusMs(now, 2 * minute)]);
});

import { describe, expect, test } from 'vitest';
import { asId, type ChainId } from '../../../shared/domain/ids.ts';
import { minute, plusMs } from '../../../shared/domain/instant.ts';
import { defaultSettings } from '../../../shared/domain/settings.ts';
import type { EventsPage } from '../../../shared/google/calendar-api.ts';
import { queryVersion } from '../../../shared/google/query.ts';
import {
  counted,
  isCompared,
  nextStep,
  type Run,
  startListing,
  toCommit,
  toRequest,
  withNotification,
} from '../../../shared/pull/listing.ts';
import { nextGenerationAt } from '../../../shared/schedule/generation-plan.ts';
import { windowAt } from '../../../shared/schedule/window.ts';
import { aCalendar, calendarId, now, ownerMark } from '../../support/samples.ts';

const window = windowAt(now);
const generation = startListing(now);
const increment = startListing(now, 'cursor-1');
const chainId = asId<ChainId>('chain-9');
const notifiedAt = plusMs(now, -1 * minute);

const aRun = (overrides: Partial<Run> = {}): Run => ({
  chainId,
  startedAt: plusMs(now, 5 * minute),
  settings: defaultSettings,
  ownerMark,
  remainingMs: () => 1 * minute,
  ...overrides,
});
const notified = { at: notifiedAt, chainId, changes: { update: 2 } };

describe('a listing', () => {
  const begun = { startedAt: now, window, page: 0, step: { kind: 'list' } };

  test('[R8] without a cursor is a generation: it lists the whole window', () => {
    expect(generation).toStrictEqual(begun);
    expect(toRequest(aCalendar(), generation)).toStrictEqual({ calendarId, window });
  });

  test('with a cursor asks for what has changed since', () => {
    expect(increment).toStrictEqual({ ...begun, cursor: 'cursor-1' });
    expect(toRequest(aCalendar(), increment)).toStrictEqual({ calendarId, window, cursor: 'cursor-1' });
  });

  test('goes on with the next page of the same query', () => {
    const request = { calendarId, window, cursor: 'cursor-1', pageToken: 'page-2' };
    expect(toRequest(aCalendar(), increment, 'page-2')).toStrictEqual(request);
  });
});

describe('[R8] what we have is compared', () => {
  test('with a generation, also with the first: an earlier try may have stored something', () => {
    expect(isCompared(generation)).toBe(true);
  });

  test('never with an increment, which does not list everything', () => {
    expect(isCompared(increment)).toBe(false);
  });
});

describe('after a page', () => {
  const page = (next: EventsPage['next']): EventsPage => ({ kind: 'page', changes: [], timeZone: 'Europe/Oslo', next });

  test.each([true, false])('comes the one that it names, whether or not it is compared in the end: %s', (compares) => {
    const step = nextStep(page({ kind: 'more', pageToken: 'page-2' }), compares);
    expect(step).toEqual({ kind: 'list', pageToken: 'page-2' });
  });

  test('[R8] that is the last comes the comparison, with the zone that the calendar has in Google', () => {
    const step = nextStep(page({ kind: 'end', cursor: 'cursor-2' }), true);
    expect(step).toEqual({ kind: 'compare', cursor: 'cursor-2', timeZone: 'Europe/Oslo' });
  });

  test('that is the last comes the end, where nothing is to be compared', () => {
    expect(nextStep(page({ kind: 'end', cursor: 'cursor-2' }), false)).toEqual({ kind: 'done', cursor: 'cursor-2' });
  });
});

describe('a complete listing', () => {
  const commit = {
    cursor: 'cursor-2',
    queryVersion,
    coveredBefore: now,
    lastSyncAt: plusMs(now, 5 * minute),
  };

  test('[R6] covers what was sent before its first run began, not its last', () => {
    expect(toCommit(increment, 'cursor-2', aRun(), 0.5)).toStrictEqual(commit);
  });

  test('that was a generation says when the next one is due', () => {
    const expected = { ...commit, nextGenerationAt: nextGenerationAt(now, 0.25) };
    expect(toCommit(generation, 'cursor-2', aRun(), 0.25)).toStrictEqual(expected);
  });

  test('[R12] that has answered a notification says which, when, and what came of it', () => {
    expect(toCommit({ ...increment, notified }, 'cursor-2', aRun(), 0.5)).toStrictEqual({
      ...commit,
      lastNotificationAt: notifiedAt,
      lastAnsweredAt: plusMs(now, 5 * minute),
      lastNotifiedRun: { chainId, changes: { update: 2 } },
    });
  });
});

describe('[R12] what came of a notification is summed up over all runs of a listing', () => {
  test('from the run on that answers it', () => {
    const listing = withNotification(increment, aRun({ notifiedAt }));
    expect(listing).toStrictEqual({ ...increment, notified: { at: notifiedAt, chainId, changes: {} } });
  });

  test('a run that answers none leaves it as it is', () => {
    expect(withNotification(increment, aRun())).toBe(increment);
    expect(withNotification({ ...increment, notified }, aRun()).notified).toBe(notified);
  });

  test('a later notification takes over what has been counted', () => {
    const later = { notifiedAt: now, chainId: asId<ChainId>('chain-10') };
    const listing = withNotification({ ...increment, notified }, aRun(later));
    expect(listing.notified).toEqual({ at: now, chainId: 'chain-10', changes: { update: 2 } });
  });

  test('each page adds what it has stored', () => {
    const listing = counted({ ...increment, notified }, { tally: { update: 1, cancel: 1 }, harmed: 1 });
    expect(listing.notified).toEqual({ ...notified, changes: { update: 3, cancel: 1 } });
  });

  test('without one nothing is counted but how many bookings were harmed [R9]', () => {
    const listing = counted(increment, { tally: { cancel: 3 }, harmed: 3 });
    expect(listing).toStrictEqual({ ...increment, harmed: 3 });
    expect(counted({ ...listing, notified }, { tally: {}, harmed: 4 }).harmed).toBe(4);
  });
});

/** The health of what the one job has left behind, as the API tells it: every step that it recommends can be come to. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { healthRoute } from '../../functions/management-api/routes/health.ts';
import { statusRoute, switchRoute } from '../../functions/management-api/routes/real-time-sync.ts';
import { healthReply } from '../../functions/management-api/schemas/health.ts';
import { statusReply } from '../../functions/management-api/schemas/sync.ts';
import { chooseCalendar } from '../../shared/connections/choose-calendar.ts';
import type { EventChange } from '../../shared/domain/calendar-event.ts';
import { GrantRevoked } from '../../shared/domain/errors.ts';
import { asId, type ChainId } from '../../shared/domain/ids.ts';
import { hour, type Instant, minute, plusMs } from '../../shared/domain/instant.ts';
import type { GoogleCalendar } from '../../shared/google/calendar-api.ts';
import { GoogleError } from '../../shared/google/google-error.ts';
import { type Step, steps } from '../../shared/health/recommendations.ts';
import { aConflict } from '../contract/a-conflict.ts';
import { apiOver } from '../support/api-calls.ts';
import { aCalendar, anAppointment, anEvent, now, userId } from '../support/samples.ts';
import { hourOf, inGoogle, openGoogleJob } from './google-job.ts';
import { openSyncJob, type SyncJob } from './sync-job.ts';

let job: SyncJob;
/** Those of `job`, but where a scenario needs a Google that remembers. */
let stores: SyncJob['stores'];
let stops: (() => unknown)[];
beforeEach(async () => {
  job = await openSyncJob();
  stores = job.stores;
  stops = [];
});
afterEach(async () => {
  for (const stop of stops) await stop();
});

const before = plusMs(now, -minute);
const api = () =>
  apiOver({
    health: healthRoute(stores),
    status: statusRoute({ ...stores, ...unused }),
    disable: switchRoute({ ...stores, ...unused }, false),
  });
const unused = { requests: { load: async () => undefined }, queue: { send: async () => undefined } };
const health = async () => healthReply.parse((await api()('health')).body);

const synced = async (at = before) => {
  await job.register();
  await job.syncAt(at, { reason: 'notification' });
};
const failing = (error: Error) => ({
  google: job.google({
    listEvents: async () => {
      throw error;
    },
  }),
});
const failed = async (error: Error) => {
  await synced(plusMs(before, -minute));
  await job.syncAt(before, {}, failing(error));
};
const refused = (status: number, reason: string) => failed(new GoogleError('events.list', status, reason, undefined));

const listing = (change: EventChange) => {
  const listEvents: GoogleCalendar['listEvents'] = async () => ({
    kind: 'page',
    changes: [change],
    timeZone: 'UTC',
    next: { kind: 'end', cursor: 'c1' },
  });
  return { google: job.google({ listEvents }) };
};
const finding = async (change: EventChange) => {
  await job.register();
  await job.syncAt(before, {}, listing(change));
};

const switchOff = async () => {
  const { calendarId } = aCalendar();
  const stamp = { now: before, chainId: asId<ChainId>('request') };
  expect(
    await chooseCalendar({ ...stores, ...unused }, { userId, calendarId, enabled: false, role: 'blocks' }, stamp),
  ).toEqual({ kind: 'done' });
};

/** It syncs well, but Google does not let a channel be made. */
const unwatched = async (reason: string) => {
  const watch = async () => {
    throw new GoogleError('events.watch', 400, reason, undefined);
  };
  await job.register();
  await job.syncAt(before, { reason: 'notification' }, { google: job.google({ watch }) });
};

const ways: Record<Step, () => Promise<unknown>> = {
  connect_again: () => failed(new GrantRevoked('invalid_grant')),
  choose_calendar: () => refused(404, 'notFound'),
  switch_on_calendar: async () => {
    await job.register({ role: 'blocks' });
    await switchOff();
  },
  enable_real_time_sync: async () => {
    await synced();
    await api()('disable');
  },
  restore_access: () => refused(403, 'requiredAccessLevel'),
  compare_again: async () => {
    await synced();
    await job.syncAt(before, { reason: 'compare' }, listing({ kind: 'event', event: anEvent() }));
  },
  sync_now: () => synced(plusMs(now, -5 * hour)),
  renew_channels: () => unwatched('backendError'),
  check_webhook_address: () => unwatched('push.webhookUrlUnauthorized'),
  review_conflicts: async () => {
    const both = await openGoogleJob();
    stops.push(both.stop);
    stores = both.stores;
    const booking = await both.book('one');
    await both.sync();
    await both.edit(booking, { title: 'Haircut', ...hourOf(14) });
    await both.patch(booking, inGoogle(hourOf(16)));
    await both.sync();
  },
  mend_events: () => finding({ kind: 'unreadable', id: asId('odd'), reason: 'start' }),
  wait: () => refused(500, 'backendError'),
};

test('a calendar that is synced and watched is well', async () => {
  await synced();
  const all = await health();
  expect(all).toMatchObject({ score: 100, worstCalendarId: 'barber-1@example.com', recommendations: [] });
  expect(all.calendars[0]?.parts.map(({ value }) => value)).toEqual([100, 100, 100, 100, 100]);
});

test.each(steps)('“%s” is recommended first in a state that calls for it, and the score is lower', async (step) => {
  await ways[step]();
  const { score, recommendations } = await health();
  expect(recommendations[0]?.step).toBe(step);
  expect(score).toBeLessThan(100);
});

test.each<Step>(['connect_again', 'choose_calendar', 'switch_on_calendar'])('“%s”: nothing is synced', async (step) => {
  await ways[step]();
  expect(await health()).toMatchObject({ score: 0, recommendations: [{ step }] });
});

test('a sync that works again is remembered to have failed', async () => {
  await refused(500, 'backendError');
  const during = await health();
  await job.syncAt(now);
  const after = await health();
  expect(after.score).toBeGreaterThan(during.score);
  expect(after).toMatchObject({ reason: '1 of the last 3 syncs failed.' });
});

test('a sweep after a notification that was answered at once is no slow answer', async () => {
  await synced(plusMs(now, -2 * hour));
  await job.syncAt(before, { reason: 'sweep' });
  const [calendar] = (await health()).calendars;
  expect(calendar?.parts.find(({ name }) => name === 'responseTime')).toMatchObject({ value: 100 });
});

test('[F18] a channel by which nothing comes is noticed, although every sync succeeds', async () => {
  await synced(plusMs(now, -60 * hour));
  for (let hours = 50; hours >= 0; hours -= 10) {
    const at = plusMs(before, -hours * hour);
    const channel = (await job.calendarNow()).channel;
    if (channel !== undefined && channel.renewAt <= at) await job.stores.channels.renewNow(await job.calendarNow(), at);
    await job.syncAt(at, { reason: 'sweep' }, { newChannelId: () => asId(`channel-${hours}`) });
  }
  const { recommendations, calendars } = await health();
  expect(recommendations.map(({ step }) => step)).toEqual(['renew_channels']);
  expect(calendars[0]?.parts.find(({ name }) => name === 'coverage')).toMatchObject({ value: 50 });
});

test('one who never connected is told to', async () => {
  const answer = await api()('health', { user: 'stranger' });
  expect(answer).toMatchObject({ status: 409, body: { type: 'urn:bookedbarber:problem:not-connected' } });
});

describe('what is left to a person', () => {
  beforeEach(async () => {
    await synced();
    const other = aCalendar({ key: asId('other'), calendarId: asId('other@example.com'), role: 'blocks' });
    await job.stores.calendars.register(other, { dueAt: now, renewChannel: false });
    await job.stores.conflicts.save(aConflict());
    await job.stores.conflicts.save(aConflict({ id: asId('closed'), status: 'agreed' }));
  });

  test('[F60] counts for the calendar that it is about', async () => {
    const { calendars, worstCalendarId } = await health();
    const partOf = (index: number) => calendars[index]?.parts.find(({ name }) => name === 'successRate');
    expect([partOf(0)?.value, partOf(1)?.value]).toEqual([90, 100]);
    expect(worstCalendarId).toBe('other@example.com'); // Never synced.
  });

  test('is in the status as well', async () => {
    const { calendars } = statusReply.parse((await api()('status')).body);
    expect(calendars).toMatchObject([{ openConflicts: 1, cursorAgeSeconds: 60 }, { openConflicts: 0 }]);
  });
});

describe('the status tells', () => {
  const status = async () => statusReply.parse((await api()('status')).body).calendars[0];

  test('how long the oldest change here has waited for Google', async () => {
    await synced();
    expect(await status()).toMatchObject({ queueAgeSeconds: 0 });
    const target = { calendarKey: aCalendar().key, calendarId: aCalendar().calendarId };
    const waiting = (since: Instant) =>
      ({ state: 'pending', target, since, notBefore: plusMs(now, hour), attempts: 3 }) as const;
    for (const [id, ageMs] of [
      ['young', minute],
      ['old', 5 * minute],
    ] as const) {
      await stores.appointments.save(anAppointment({ id: asId(id), sync: waiting(plusMs(now, -ageMs)) }));
    }
    expect(await status()).toMatchObject({ queueAgeSeconds: 300 });
  });

  test('since when it could not be synced', async () => {
    await failed(new GoogleError('events.list', 500, 'backendError', undefined));
    expect(await status()).toMatchObject({ queueAgeSeconds: 60, state: 'degraded', reason: 'backendError' });
  });

  test('how far both sides are apart', async () => {
    await ways.compare_again();
    expect(await status()).toMatchObject({ drift: { at: before, compared: 1, differing: 1, partial: false } });
  });
});

/** The health of what the one job has left behind, as the API tells it: every step that it recommends can be come to. */
import { beforeEach, describe, expect, test } from 'vitest';
import { healthRoute } from '../../functions/management-api/routes/health.ts';
import { statusRoute } from '../../functions/management-api/routes/real-time-sync.ts';
import { healthReply } from '../../functions/management-api/schemas/health.ts';
import { statusReply } from '../../functions/management-api/schemas/sync.ts';
import type { EventChange } from '../../shared/domain/calendar-event.ts';
import { GrantRevoked } from '../../shared/domain/errors.ts';
import { asId } from '../../shared/domain/ids.ts';
import { hour, minute, plusMs } from '../../shared/domain/instant.ts';
import type { GoogleCalendar } from '../../shared/google/calendar-api.ts';
import { GoogleError } from '../../shared/google/google-error.ts';
import { type Step, steps } from '../../shared/health/recommendations.ts';
import { aConflict } from '../contract/a-conflict.ts';
import { apiOver } from '../support/api-calls.ts';
import { aCalendar, now } from '../support/samples.ts';
import { openSyncJob, type SyncJob } from './sync-job.ts';

let job: SyncJob;
beforeEach(async () => {
  job = await openSyncJob();
});

const before = plusMs(now, -minute);
const api = () => apiOver({ health: healthRoute(job.stores), status: statusRoute({ ...job.stores, ...unused }) });
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

const finding = async (change: EventChange) => {
  const listEvents: GoogleCalendar['listEvents'] = async () => ({
    kind: 'page',
    changes: [change],
    timeZone: 'UTC',
    next: { kind: 'end', cursor: 'c1' },
  });
  await job.register();
  await job.syncAt(before, {}, { google: job.google({ listEvents }) });
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
    await synced();
    await job.stores.calendars.setSwitches(await job.calendarNow(), { enabled: false, role: 'bookings' }, now);
  },
  enable_real_time_sync: async () => {
    await synced();
    await job.stores.calendars.setRealTimeSync(await job.calendarNow(), false);
  },
  restore_access: () => refused(403, 'requiredAccessLevel'),
  sync_now: () => synced(plusMs(now, -5 * hour)),
  renew_channels: () => unwatched('backendError'),
  check_webhook_address: () => unwatched('push.webhookUrlUnauthorized'),
  review_conflicts: async () => {
    await synced();
    await job.stores.conflicts.save(aConflict());
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

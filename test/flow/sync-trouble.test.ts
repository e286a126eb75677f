/** A sync that Google will not have, over stores in memory: what the calendar says of it, and whether it is tried again. */
import { beforeEach, describe, expect, test } from 'vitest';
import { Superseded } from '../../shared/domain/errors.ts';
import { asId, type CalendarKey } from '../../shared/domain/ids.ts';
import { hour, minute, plusMs } from '../../shared/domain/instant.ts';
import type { GoogleCalendar } from '../../shared/google/calendar-api.ts';
import { GoogleError } from '../../shared/google/google-error.ts';
import { noteInterruptions } from '../../shared/sync/meet-trouble.ts';
import { Crash } from '../support/faulty.ts';
import { aCalendar, calendarKey, now, userId } from '../support/samples.ts';
import { openSyncJob, received, type SyncJob } from './sync-job.ts';

let job: SyncJob;
beforeEach(async () => {
  job = await openSyncJob();
});

/** Every listing is answered so. */
const refusing = (status: number | undefined, reason?: string) => ({
  google: job.google({
    listEvents: async () => {
      throw new GoogleError('events.list', status, reason, undefined);
    },
  }),
});

test('[R10] trouble counts on the calendar, once per try, until a complete sync clears it', async () => {
  await job.register();
  expect(await job.sync(refusing(500, 'backendError'))).toMatchObject({ kind: 'failed', failures: 1 });
  expect(await job.sync(refusing(502))).toMatchObject({ kind: 'failed', failures: 2 });
  expect(await job.calendarNow()).toMatchObject({ trouble: { since: now, failures: 2, reason: 'http_502' } });
  expect(await job.sync()).toMatchObject({ kind: 'synced' });
  expect(await job.calendarNow()).not.toHaveProperty('trouble');
});

test('[R6] trouble covers nothing', async () => {
  await job.register();
  await job.sync(refusing(500, 'backendError'));
  expect(await job.calendarNow()).not.toHaveProperty('coveredBefore');
  expect(await job.sync()).toMatchObject({ kind: 'synced' });
});

test('trouble that cannot be noted is still told as what it is', async () => {
  await job.register();
  const noteTrouble = async () => {
    throw new Crash();
  };
  const outcome = await job.sync({ ...refusing(503), calendars: { ...job.stores.calendars, noteTrouble } });
  expect(outcome).toMatchObject({ kind: 'failed', error: { status: 503 } });
});

test.each([
  [403, 'forbidden'],
  [403, 'requiredAccessLevel'],
  [403, 'dailyLimitExceeded'],
  [400, 'invalid'],
])('[F40] %i %s uses up no tries: it is left to the sweep', async (status, reason) => {
  await job.register();
  expect(await job.sync(refusing(status, reason))).toMatchObject({ kind: 'refused', because: 'left_to_sweep' });
  expect(await job.calendarNow()).toMatchObject({ enabled: true, trouble: { reason, leftToSweep: true } });
  job.forgetCalls();
  const passedOver = { kind: 'acknowledged', because: 'left_to_sweep' };
  expect(await job.sync({}, { reason: 'notification' })).toEqual(passedOver);
  expect(job.calls).toEqual([]);
  expect(await job.sync({}, { reason: 'sweep' })).toMatchObject({ kind: 'synced' });
  expect(await job.calendarNow()).not.toHaveProperty('trouble');
});

test('[F25][R7] a calendar that is gone is switched off, and only it, and its channels are stopped', async () => {
  const other = asId<CalendarKey>('another');
  await job.register();
  await job.register({ key: other, calendarId: asId('another@example.com') });
  await job.sync();
  job.forgetCalls();

  const outcome = await job.syncAt(plusMs(now, minute), {}, refusing(404, 'notFound'));
  expect(outcome).toMatchObject({ kind: 'refused', because: 'calendar_gone' });
  expect(job.called()).toEqual(['listEvents', 'stop']);
  const gone = await job.calendarNow();
  expect(gone).toMatchObject({ enabled: false, disabledBecause: 'calendar_gone', cursor: 'c1' });
  expect(gone).not.toHaveProperty('channel');
  expect(await job.stores.channels.listOf(userId, calendarKey)).toMatchObject([{ state: 'stopped' }]);
  expect(await job.stores.calendars.load(other)).toMatchObject({ enabled: true });
  expect(await job.syncAt(plusMs(now, hour))).toEqual({ kind: 'acknowledged', because: 'retired' });
});

test('[F25] one that is gone before it ever had a channel is switched off too', async () => {
  await job.register();
  const gone = async () => {
    throw new GoogleError('events.watch', 404, 'notFound', undefined);
  };
  const { listEvents } = refusing(404, 'notFound').google;
  expect(await job.sync({ google: job.google({ watch: gone, listEvents }) })).toMatchObject({
    because: 'calendar_gone',
  });
  expect(await job.calendarNow()).toMatchObject({ enabled: false });
  expect(await job.calendarNow()).not.toHaveProperty('channel');
});

test('[R13] a newer worker’s progress is no trouble', async () => {
  await job.register();
  const listEvents: GoogleCalendar['listEvents'] = async () => {
    await job.stores.calendars.commitListing(aCalendar(), {
      cursor: 'newer',
      queryVersion: 1,
      coveredBefore: now,
      lastSyncAt: now,
    });
    return { kind: 'page', changes: [], timeZone: 'UTC', next: { kind: 'end', cursor: 'c1' } };
  };
  await expect(job.sync({ google: job.google({ listEvents }) })).rejects.toThrow(Superseded);
  expect(await job.calendarNow()).toMatchObject({ cursor: 'newer' });
  expect(await job.calendarNow()).not.toHaveProperty('trouble');
});

describe('[R10] a hint that comes back again and again', () => {
  const arrival = () => received({ reason: 'notification' });
  const note = () => noteInterruptions(job.stores.calendars, arrival());

  test('with no word of why says that those who took it were interrupted, until a sync is complete', async () => {
    await job.register();
    await note();
    expect(await job.calendarNow()).toMatchObject({ trouble: { since: now, reason: 'interrupted' } });
    expect(await job.sync()).toMatchObject({ kind: 'synced' });
    expect(await job.calendarNow()).not.toHaveProperty('trouble');
  });

  test('says nothing over what is said already', async () => {
    await job.register();
    await job.sync(refusing(500, 'backendError'));
    await note();
    expect(await job.calendarNow()).toMatchObject({ trouble: { failures: 1, reason: 'backendError' } });
  });

  test.each([
    ['whose calendar is switched off', { enabled: false }],
    ['that has been covered meanwhile', { coveredBefore: plusMs(now, minute), watchable: false }],
    ['that only waits for its turn', { coveredBefore: now, watchable: false }],
  ])('%s is no sign of trouble', async (_, calendar) => {
    await job.register(calendar);
    await note();
    expect(await job.calendarNow()).not.toHaveProperty('trouble');
  });

  test('before its calendar is written is left to the job', async () => {
    await expect(note()).resolves.toBeUndefined();
  });
});

/** Row 3: how often Google is called. Bursts run in virtual time; changes and pushes are counted on the running stack. */
import { calendarKeyOf } from '../../../shared/domain/derived-ids.ts';
import { asId, type CalendarId } from '../../../shared/domain/ids.ts';
import { receiveBurst, spread } from '../../flow/burst.ts';
import { openSyncJob } from '../../flow/sync-job.ts';
import { userId } from '../../support/samples.ts';
import type { Figure, Row } from '../figures.ts';
import { scenarios } from '../rig/scenarios.ts';

const coolDownMs = 1_000;
const listingMs = 200;

const bursts = [1, 10, 100].flatMap((count) => [200, 3_000, 10_000].map((overMs) => ({ count, overMs })));
const calendars = 1_000;
const notificationsEach = 20;
const fleetMs = 2_000;

const mostLists = (overMs: number) => 2 + overMs / coolDownMs;

const burstOf = async (count: number, overMs: number): Promise<Figure> => {
  const job = await openSyncJob();
  await job.register({ watchable: false });
  return {
    what: `${count} notifications within ${overMs / 1_000} s`,
    value: await receiveBurst(job, { sentMs: spread(count, overMs), listingMs }),
    unit: 'lists',
    target: { atMost: mostLists(overMs) },
  };
};

const fleet = async (): Promise<Figure> => {
  const job = await openSyncJob();
  let lists = 0;
  for (let index = 0; index < calendars; index++) {
    const calendarId = asId<CalendarId>(`calendar-${index}@example.com`);
    const key = calendarKeyOf(userId, 'barber-1@example.com', calendarId);
    await job.register({ key, calendarId, watchable: false });
    lists += await receiveBurst(job, { sentMs: spread(notificationsEach, fleetMs), listingMs, key });
  }
  return {
    what: `${calendars} calendars × ${notificationsEach} notifications within ${fleetMs / 1_000} s: per calendar`,
    value: lists / calendars,
    unit: 'lists',
    target: { atMost: mostLists(fleetMs) },
  };
};

const measure = async (): Promise<Figure[]> => {
  const counted = await scenarios();
  const inBursts: Figure[] = [];
  for (const { count, overMs } of bursts) inBursts.push(await burstOf(count, overMs));
  return [
    ...inBursts,
    await fleet(),
    { what: 'a change in Google', value: counted.oneChanged.google, unit: 'calls', target: { atMost: 1 } },
    {
      what: 'a booking pushed to Google',
      value: counted.bookingPushed.google,
      unit: 'calls',
      target: { atMost: 2 },
      note: 'the insert, and the listing that its own notification asks for',
    },
    { what: 'a notification that is covered', value: counted.covered.google, unit: 'calls', target: { atMost: 0 } },
    {
      what: 'ten seconds without a change',
      value: counted.quiet.google,
      unit: 'calls',
      target: { atMost: 0 },
      note: 'the backstop lists each calendar about once an hour besides',
    },
  ];
};

export const googleCalls: Row = { name: 'google-calls', title: '3. Calls of Google', measure };

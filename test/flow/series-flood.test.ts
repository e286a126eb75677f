/** One series changed a thousand times before Google is asked: one increment, over HTTP, brings all of it. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { calendarId } from '../support/samples.ts';
import { type GoogleJob, openGoogleJob } from './google-job.ts';

const count = 1_000;
let job: GoogleJob;
let occurrences: string[];
beforeAll(async () => {
  job = await openGoogleJob();
  job.insert('Slot', 10, { recurrence: [`RRULE:FREQ=HOURLY;COUNT=${count}`] });
  await job.sync();
  occurrences = (await job.appointments()).flatMap(({ link }) => (link === undefined ? [] : [link.eventId]));
  expect(occurrences).toHaveLength(count);
});
afterAll(() => job.stop());

const calls = () => job.control.requests().map(({ operation }) => operation);

test('[R11][F55] a thousand occurrences renamed are a thousand updates, for one call to Google', async () => {
  for (const [index, eventId] of occurrences.entries()) {
    job.control.patchEvent({ calendar: calendarId, eventId, event: { summary: `Slot ${index}` } });
  }
  job.control.clearLogs();
  expect(await job.sync()).toMatchObject({ kind: 'synced', pull: { pages: 1 } });
  expect(calls()).toEqual(['calendar.events.list']);
  const titles = (await job.appointments()).map(({ fields }) => fields.title);
  expect(new Set(titles)).toEqual(new Set(occurrences.map((_, index) => `Slot ${index}`)));
}, 60_000);

test('[R11][F55] half of them cancelled: the series is listed again once, and no occurrence is asked for by itself', async () => {
  for (const eventId of occurrences.slice(0, count / 2)) {
    job.control.deleteEvent({ calendar: calendarId, eventId });
  }
  job.control.clearLogs();
  expect(await job.sync()).toMatchObject({ kind: 'synced' });
  expect(calls()).toEqual(['calendar.events.list', 'calendar.events.instances']);
  const statuses = (await job.appointments()).map(({ status }) => status);
  expect(statuses.filter((status) => status === 'cancelled')).toHaveLength(count / 2);
}, 60_000);

/** Answers that are not as Google documents them, over HTTP: each is bounded, told as trouble and made good later [R8]. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { calendarId, calendarKey } from '../support/samples.ts';
import { type GoogleJob, openGoogleJob } from './google-job.ts';

let job: GoogleJob;
beforeEach(async () => {
  job = await openGoogleJob();
  job.insert('Known', 10);
  await job.sync();
});
afterEach(() => job.stop());

type Fault = Parameters<GoogleJob['control']['orderFault']>[0];

const titles = async () =>
  (await job.appointments()).filter(({ status }) => status === 'confirmed').map(({ fields }) => fields.title);

const broken: [string, Fault][] = [
  ['a page in HTML instead of JSON', { kind: 'html', status: 200 }],
  ['a gateway’s error page', { kind: 'html', status: 502 }],
  ['a body that is cut off', { kind: 'truncate' }],
  ['a connection that is reset', { kind: 'reset' }],
  ['a gateway’s page that nothing is found', { kind: 'html', status: 404 }],
  ['a page without any token', { kind: 'omit', fields: ['nextSyncToken'] }],
  ['items that are an object', { kind: 'replace', fields: { items: {} } }],
  ['items that are text', { kind: 'replace', fields: { items: 'none' } }],
  ['an item that is nothing', { kind: 'replace', fields: { items: [null] } }],
  ['an item whose id is a number', { kind: 'replace', fields: { items: [{ id: 5, status: 'cancelled' }] } }],
  ['a sync token that is a number', { kind: 'replace', fields: { nextSyncToken: 7 } }],
  ['a page token that is an object', { kind: 'replace', fields: { nextPageToken: { page: 2 } } }],
  ['a time zone that is a number', { kind: 'replace', fields: { timeZone: 0 } }],
];

describe.each([
  ['an increment', '/events\\?', () => undefined],
  ['a generation', '/events\\?.*timeMin', () => job.control.expireSyncTokens({ calendar: calendarId })],
])('[R5][R8] %s that is answered with', (_, path, prepare) => {
  test.each(broken)('%s stores and deletes nothing, and loses nothing', async (_, fault) => {
    const { cursor } = await job.calendarNow();
    job.insert('Missed', 12);
    prepare();
    job.control.orderFault({ ...fault, path, times: null });
    expect(['failed', 'refused']).toContain((await job.sync()).kind);
    expect(await job.calendarNow()).toMatchObject({ enabled: true, cursor, trouble: { failures: 1 } });
    expect(await titles()).toEqual(['Known']);

    job.control.clearFaults();
    expect(await job.sync()).toMatchObject({ kind: 'synced' });
    expect(await titles()).toEqual(['Known', 'Missed']);
    expect(await job.calendarNow()).not.toHaveProperty('trouble');
  });
});

describe('[R8] what a listing has left out, asked for and answered with', () => {
  test.each(broken.slice(0, 5))('%s is not deleted', async (_, fault) => {
    job.control.expireSyncTokens({ calendar: calendarId });
    job.control.orderFault({ kind: 'empty-list', path: '/events\\?.*timeMin' });
    job.control.orderFault({ ...fault, path: '/events/', times: null });
    expect((await job.sync()).kind).toBe('failed');
    expect(await titles()).toEqual(['Known']);

    job.control.clearFaults();
    expect(await job.sync()).toMatchObject({ kind: 'synced' });
    expect(await titles()).toEqual(['Known']);
  });
});

test('[R5][F4][F60] one event that makes no sense is set aside and counted; the others of its page are stored, and the cursor goes on', async () => {
  const { cursor } = await job.calendarNow();
  const odd = job.insert('Odd', 14);
  const even = job.insert('Even', 12);
  const nonsense = { id: odd.id, status: 'confirmed', start: { dateTime: 'yesterday' }, end: 7, attendees: 'all' };
  job.control.orderFault({ kind: 'replace', fields: { items: [nonsense, even] }, path: '/events\\?' });
  expect(await job.sync()).toMatchObject({ kind: 'synced' });
  expect(await job.stores.quarantine.list(calendarKey)).toEqual(new Set([odd.id]));
  expect((await job.calendarNow()).cursor).not.toBe(cursor);
  expect(await titles()).toEqual(['Known', 'Even']);

  job.control.patchEvent({ calendar: calendarId, eventId: odd.id, event: { summary: 'Odd no more' } });
  await job.sync();
  expect(await titles()).toEqual(['Known', 'Even', 'Odd no more']);
});

test('[R11] text of absurd length costs no more than its place, and never the time it stands for', async () => {
  job.insert('x'.repeat(1_000_000), 12, { description: 'y'.repeat(5_000_000), location: 'z'.repeat(1_000_000) });
  expect(await job.sync()).toMatchObject({ kind: 'synced' });
  const sizes = (await job.appointments()).map((appointment) => JSON.stringify(appointment).length);
  expect(Math.max(...sizes)).toBeGreaterThan(8_000);
  expect(Math.max(...sizes)).toBeLessThan(20_000);
});

test.each([
  ['an increment', () => undefined],
  ['a generation', () => job.control.expireSyncTokens({ calendar: calendarId })],
])(
  '[R11][F6] the pages of %s that never ends are given up after a while, and gone on with when it does end',
  async (_, prepare) => {
    job.insert('Missed', 12);
    prepare();
    job.control.orderFault({ kind: 'short-page', size: 0, path: '/events\\?', times: null });
    job.control.clearLogs();
    expect(await job.sync()).toMatchObject({ kind: 'failed' });
    expect(job.control.requests().length).toBeLessThanOrEqual(1_001);
    expect(await titles()).toEqual(['Known']);

    job.control.clearFaults();
    for (let run = 0; run < 2; run++) expect(await job.sync()).toMatchObject({ kind: 'synced' });
    expect(await titles()).toEqual(['Known', 'Missed']);
  },
);

/** Other parts of bookings are shared: what Google has of those ahead follows. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { changeSettings } from '../../shared/connections/change-settings.ts';
import { asId } from '../../shared/domain/ids.ts';
import { defaultSettings, type Shared } from '../../shared/domain/settings.ts';
import { Crash } from '../support/faulty.ts';
import { at, userId } from '../support/samples.ts';
import { type GoogleJob, hourOf, openGoogleJob } from './google-job.ts';

let job: GoogleJob;
const open = async (shared: Partial<Shared> = {}) => {
  job = await openGoogleJob({ ...defaultSettings, shared: { ...defaultSettings.shared, ...shared } });
  await job.sync();
};
beforeEach(() => open({ clientContact: true }));
afterEach(() => job.stop());

const stamp = { now: at('2026-03-02T13:00:00Z'), chainId: asId<never>('settings-1') };
const share = async (shared: Partial<Shared>) => {
  const { settings = defaultSettings } = await job.connectionNow();
  const next = { ...settings, shared: { ...settings.shared, ...shared } };
  expect(await changeSettings(job.stores, userId, next, stamp)).toBe('done');
};
const booked = async (asked: Parameters<GoogleJob['book']>[1] = {}) => {
  const client = { service: 'Haircut', clientName: 'Jane', clientContact: 'jane@example.com' };
  const id = await job.book('b', { title: 'Haircut – Jane', ...client, ...asked });
  await job.push(id);
  await job.sync();
  return id;
};
const shown = () => JSON.stringify(job.live());

test.each<[string, Partial<Shared>, string]>([
  ['the name', { clientName: false }, 'Jane'],
  ['the contact', { clientContact: false }, 'jane@example.com'],
  ['the service', { service: false }, 'Haircut'],
])('%s, shared no more, goes from Google with the next hint', async (_, shared, secret) => {
  const id = await booked();
  expect(shown()).toContain(secret);
  await share(shared);
  expect((await job.appointment(id)).provenance).toMatchObject({ reason: 'change_settings', chainId: 'settings-1' });
  await job.push(id);
  expect(shown()).not.toContain(secret);
  expect((await job.appointment(id)).sync).toEqual({ state: 'synced' });
});

test('what is shared from now on is told', async () => {
  await job.stop();
  await open({ clientName: false, notes: false });
  const id = await booked({ title: 'Haircut', notes: 'Back door' });
  expect(shown()).not.toContain('Back door');
  await share({ clientName: true, notes: true });
  await job.push(id);
  expect(job.live()).toMatchObject([{ summary: 'Haircut – Jane', description: 'Back door' }]);
  await job.sync();
  expect((await job.appointment(id)).fields.notes).toBe('Back door');
});

describe('[R15] whoever goes by settings that are changed meanwhile', () => {
  /** As read just before they are changed. */
  const readBefore = (shared: Partial<Shared>): typeof job.stores.connections => {
    const { connections } = job.stores;
    let isRead = false;
    const load: typeof connections.load = async (id) => {
      const connection = await connections.load(id);
      if (!isRead) {
        isRead = true;
        await share(shared);
      }
      return connection;
    };
    return { ...connections, load };
  };

  test('to book composes the title anew', async () => {
    const asked = { title: 'Haircut – Jane', service: 'Haircut', clientName: 'Jane' };
    const id = await job.book('late', asked, { connections: readBefore({ clientName: false }) });
    expect(await job.appointment(id)).toMatchObject({ fields: { title: 'Haircut' }, sync: { state: 'pending' } });
  });

  test('to book, and is cut off before asking, is mended when the request is repeated', async () => {
    const asked = { title: undefined, service: 'Haircut', clientName: 'Jane' };
    const id = await job.book('late', asked);
    const connection = await job.connectionNow();
    const { settings = defaultSettings } = connection;
    const less = { ...settings, shared: { ...settings.shared, clientName: false } };
    await job.stores.connections.saveSettings(connection, less);
    await job.book('late', asked);
    expect(await job.appointment(id)).toMatchObject({ fields: { title: 'Haircut' } });
  });

  test('to edit does too', async () => {
    const id = await job.book('b', { title: 'Haircut', service: 'Haircut' });
    await job.edit(id, { clientName: 'Kim' }, { connections: readBefore({ clientName: false }) });
    expect(await job.appointment(id)).toMatchObject({ fields: { title: 'Haircut' } });
  });

  test('to tell Google tells it again', async () => {
    const id = await job.book('b', { clientContact: 'jane@example.com' });
    await job.push(id, { connections: readBefore({ clientContact: false }) });
    await job.push(id);
    expect(shown()).not.toContain('jane@example.com');
    expect((await job.appointment(id)).sync).toEqual({ state: 'synced' });
  });

  test('to tell Google, and is failed by the table while telling it again, tells it with the next try', async () => {
    const id = await job.book('b', { clientContact: 'jane@example.com' });
    const listOf = () => Promise.reject(new Crash());
    const failing = {
      connections: readBefore({ clientContact: false }),
      appointments: { ...job.stores.appointments, listOf },
    };
    expect(await job.push(id, failing)).toMatchObject({ kind: 'failed' });
    expect(shown()).toContain('jane@example.com');
    await job.push(id);
    expect(shown()).not.toContain('jane@example.com');
    expect((await job.appointment(id)).sync).toEqual({ state: 'synced' });
  });

  test('to find that there is nothing to tell looks again', async () => {
    const id = await booked();
    await job.push(id, { connections: readBefore({ clientContact: false }) });
    await job.push(id);
    expect(shown()).not.toContain('jane@example.com');
  });
});

test('a title that a person wrote stays', async () => {
  const id = await booked({ title: 'Jane, as always' });
  await share({ clientName: false });
  await job.push(id);
  expect(job.live()).toMatchObject([{ summary: 'Jane, as always' }]);
});

test('a name that stands alone because an earlier change was cut off half-way goes too', async () => {
  await job.stop();
  await open({ service: false });
  const id = await booked({ title: 'Jane' });
  const connection = await job.connectionNow();
  const { settings = defaultSettings } = connection;
  const all = { ...settings, shared: { ...settings.shared, service: true } };
  await job.stores.connections.saveSettings(connection, all);
  await share({ clientName: false });
  await job.push(id);
  expect(job.live()).toMatchObject([{ summary: 'Haircut' }]);
});

test('[R4] bookings that Google is told the same of are not written, however often it is chosen', async () => {
  const id = await booked();
  await share({ price: true, clientName: false });
  const once = await job.appointment(id);
  await share({});
  expect(await job.appointment(id)).toEqual(once);
  await job.push(id);
  const told = await job.appointment(id);
  await share({});
  expect(await job.appointment(id)).toEqual(told);
});

test('one that goes nowhere goes nowhere, but says no more once it does', async () => {
  const id = await booked();
  const before = await job.appointment(id);
  const { link: _link, ...unlinked } = before;
  await job.stores.appointments.save(
    { ...unlinked, revision: before.revision + 1, sync: { state: 'local' } },
    { before },
  );
  await share({ clientName: false });
  expect(await job.appointment(id)).toMatchObject({ fields: { title: 'Haircut' }, sync: { state: 'local' } });
});

test('[R2] one that waits for a person goes on waiting, and is told so afterwards', async () => {
  const id = await booked();
  await job.edit(id, hourOf(11));
  await job.patch(id, {
    start: { dateTime: '2026-03-03T12:00:00-05:00' },
    end: { dateTime: '2026-03-03T13:00:00-05:00' },
  });
  await job.push(id);
  await share({ clientName: false });
  expect(await job.appointment(id)).toMatchObject({ fields: { title: 'Haircut' }, sync: { state: 'conflict' } });
  expect((await job.conflicts())[0]).toMatchObject({ status: 'open', ours: { title: 'Haircut' } });
});

test.each<['location' | 'notes', string]>([
  ['location', 'Main St 1'],
  ['notes', 'Back door'],
])('%s, shared no more, go from Google, stay here, and come back once shared again', async (part, text) => {
  const id = await booked({ [part]: text });
  await share({ [part]: false });
  await job.push(id);
  expect(shown()).not.toContain(text);
  await job.sync();
  expect((await job.appointment(id)).fields[part]).toBe(text);
  await share({ [part]: true });
  await job.push(id);
  expect(shown()).toContain(text);
});

test.each<['location' | 'notes', string, Record<string, unknown>]>([
  ['location', 'Google Street', { location: 'Google Street' }],
  ['notes', 'Written in Google', { description: 'Written in Google' }],
])(
  '[R4] %s, edited in Google while not shared, are merged once when shared again, and then all is quiet',
  async (part, text, edit) => {
    const id = await booked({ [part]: 'ours' });
    await share({ [part]: false });
    await job.push(id);
    await job.patch(id, edit);
    await job.sync();
    await share({ [part]: true });
    await job.push(id);
    await job.sync();
    const settled = await job.appointment(id);
    expect(settled).toMatchObject({
      sync: { state: 'synced' },
      fields: { [part]: expect.stringMatching(`ours|${text}`) },
    });
    await job.push(id);
    await job.sync();
    expect((await job.appointment(id)).version).toBe(settled.version);
  },
);

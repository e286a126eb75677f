import { describe, expect, test } from 'vitest';
import { syncLogsRoute } from '../../../functions/management-api/routes/sync-logs.ts';
import { syncLogsReply } from '../../../functions/management-api/schemas/sync.ts';
import { asId } from '../../../shared/domain/ids.ts';
import { type SyncEvent, syncEventOf } from '../../../shared/domain/sync-event.ts';
import { agendaPosition, logPosition } from '../../../shared/store/keys.ts';
import type { HistoryPage, HistoryRequest } from '../../../shared/store/sync-events.ts';
import { anAppointment, now, userId } from '../../support/samples.ts';

/** Asks the route; gives its answer and what it asked the history for. */
const ask = async (query: Record<string, string>, page: HistoryPage = { items: [] }) => {
  const asked: HistoryRequest[] = [];
  const list = async (request: HistoryRequest) => {
    asked.push(request);
    return page;
  };
  const reply = await syncLogsRoute({ list })({
    userId,
    params: {},
    query,
    headers: {},
    body: undefined,
    now,
    chainId: asId('chain-9'),
  });
  return { body: syncLogsReply.parse('body' in reply ? reply.body : reply), asked: asked[0] };
};
const cursorOf = (position: string) => Buffer.from(position).toString('base64url');

const before = anAppointment();
const after = anAppointment({ version: 2, status: 'cancelled' });
const position = logPosition(now, after.id, 2);

test('[R15] without parameters, the fifty newest of the user of the token are asked for', async () => {
  expect((await ask({})).asked).toEqual({ userId, limit: 50 });
});

test('[R12] a sync event tells what changed, from what to what, by whom, and which chain it belongs to', async () => {
  const { body } = await ask({}, { items: [syncEventOf(before, after) as SyncEvent] });
  expect(body.items).toMatchObject([
    {
      id: `${after.id}:2`,
      at: now,
      appointmentId: after.id,
      version: 2,
      action: 'create',
      actor: 'google',
      chainId: 'chain-1',
      calendar: { calendarId: 'barber-1@example.com', eventId: 'event1' },
      before: { title: 'Dentist', status: 'confirmed', version: 1 },
      after: { title: 'Dentist', status: 'cancelled', version: 2 },
    },
  ]);
  expect(syncLogsReply.parse(body)).toEqual(body);
});

test('a first version has nothing before it', async () => {
  const { body } = await ask({}, { items: [syncEventOf(undefined, before) as SyncEvent] });
  expect(body.items[0]).not.toHaveProperty('before');
});

test('[R2] how a difference was settled is told, with what Google had', async () => {
  const theirs = { ...before.fields, title: '' };
  const settled = { policy: 'merge', theirs, chosen: { title: 'bookedbarber' } } as const;
  const merged = { ...after, provenance: { ...after.provenance, reason: 'merge' as const, settled } };
  const { body } = await ask({}, { items: [syncEventOf(before, merged) as SyncEvent] });
  expect(body.items[0]?.settled).toEqual({ ...settled, theirs: { ...theirs, title: '(No title)' } });

  const gone = { ...merged, provenance: { ...merged.provenance, settled: { ...settled, theirs: 'gone' as const } } };
  const { body: deleted } = await ask({}, { items: [syncEventOf(before, gone) as SyncEvent] });
  expect(deleted.items[0]?.settled?.theirs).toBe('gone');
});

test('what has no event belongs to no calendar', async () => {
  const { link: _link, ...local } = before;
  const { body } = await ask({}, { items: [syncEventOf(undefined, local) as SyncEvent] });
  expect(body.items[0]).not.toHaveProperty('calendar');
});

describe('a cursor', () => {
  test('leads to where the page before it ended', async () => {
    const { body } = await ask({}, { items: [], after: position });
    expect((await ask({ cursor: body.nextCursor ?? '' })).asked?.after).toBe(position);
  });

  test('is not given when nothing follows', async () => {
    expect((await ask({})).body).toEqual({ items: [] });
  });

  test.each([
    ['of another list', cursorOf(agendaPosition(now, after.id))],
    ['of no position', 'AAAA'],
    ['that reaches further than its position', cursorOf(`${position}#more`)],
    ['that is no base64url', '%%%'],
  ])('%s is refused by name', async (_, cursor) => {
    const refusal = { status: 400, errors: [expect.objectContaining({ field: 'cursor' })] };
    await expect(ask({ cursor })).rejects.toEqual(expect.objectContaining(refusal));
  });
});

test.each([
  ['limit', { limit: '0' }],
  ['limit', { limit: '201' }],
  ['limit', { limit: 'all' }],
  ['userId', { userId: 'barber-2' }],
])('a wrong or unknown parameter is refused by name: %s', async (field, query) => {
  const refusal = { status: 400, errors: [expect.objectContaining({ field })] };
  await expect(ask(query)).rejects.toEqual(expect.objectContaining(refusal));
});

test('the largest page holds 200', async () => {
  expect((await ask({ limit: '200' })).asked?.limit).toBe(200);
});

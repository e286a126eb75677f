/** What an administrator sees of the dead letters, and does about them, over a queue in memory. */
import { beforeEach, describe, expect, test } from 'vitest';
import { deadLettersRoute, discardRoute, redriveRoute } from '../../functions/management-api/routes/dead-letters.ts';
import { deadLettersReply } from '../../functions/management-api/schemas/dead-letters.ts';
import { asId, type CalendarKey } from '../../shared/domain/ids.ts';
import type { DeadLetters } from '../../shared/queue/dead-letters.ts';
import { type Envelope, freshHint } from '../../shared/queue/hint.ts';
import { apiOver, type Call } from '../support/api-calls.ts';
import { Crash } from '../support/faulty.ts';
import { type MemoryDeadLetters, memoryDeadLetters } from '../support/memory/dead-letters.ts';
import { memoryStores, type Stores } from '../support/memory-store.ts';
import { aCalendar, calendarKey, now } from '../support/samples.ts';

let letters: MemoryDeadLetters;
let stores: Stores;
let sent: Envelope[];
let logged: unknown[];
let requests: number;
beforeEach(() => {
  letters = memoryDeadLetters();
  stores = memoryStores();
  sent = [];
  logged = [];
  requests = 0;
});

const put = (id: string, { key = calendarKey, readable = true } = {}) => {
  const { hint } = freshHint(key, 'notification', asId(`chain-of-${id}`));
  letters.put({ id, calendarKey: key, sentAt: now, receiveCount: 12, ...(readable && { hint }) });
};

/** Each request has a chain of its own, as with the real stamp. */
const call = (name: 'deadLetters' | 'redriveDeadLetters' | 'discardDeadLetters', request: Call, ports = {}) => {
  const chainId = asId<Envelope['hint']['chainId']>(`request-${++requests}`);
  const deps = {
    calendars: stores.calendars,
    deadLetters: letters,
    queue: { send: async (envelope: Envelope) => void sent.push(envelope) },
    log: { info: (...line: unknown[]) => void logged.push(line), error: () => undefined },
    ...ports,
  };
  const redrive = redriveRoute(deps);
  return apiOver({
    deadLetters: deadLettersRoute(deps),
    redriveDeadLetters: (given) => redrive({ ...given, chainId }),
    discardDeadLetters: discardRoute(deps),
  })(name, request);
};
const list = async (ports = {}) => deadLettersReply.parse((await call('deadLetters', {}, ports)).body);
const redrive = async (body: unknown = {}, ports = {}) => (await call('redriveDeadLetters', { body }, ports)).body;
const discard = async (body: unknown) => (await call('discardDeadLetters', { body })).body;
const left = async () => (await list()).items.map(({ id }) => id);

/** Gives full batches without an end. */
const endless = (): DeadLetters => ({
  ...letters,
  hold: async (atMost) =>
    Array.from({ length: Math.min(atMost, 10) }, (_, index) => {
      return { id: `${index}`, receipt: `${index}`, calendarKey, sentAt: now, receiveCount: 1 };
    }),
  show: async () => undefined,
  count: async () => 1_000,
});

describe('the list', () => {
  test('[F32] explains each one by its hint and its calendar', async () => {
    const trouble = { since: now, failures: 12, reason: 'backendError' };
    await stores.calendars.register(aCalendar({ trouble }), { dueAt: now, renewChannel: false });
    put('a');
    expect(await list()).toEqual({
      items: [
        {
          id: 'a',
          calendarId: 'barber-1@example.com',
          summary: 'Chair one',
          userId: 'barber-1',
          reason: 'notification',
          chainId: 'chain-of-a',
          sentAt: now,
          receiveCount: 13,
          trouble,
          advice: expect.stringContaining('redrive it'),
        },
      ],
      more: false,
    });
  });

  test('tells of one without a calendar, or that cannot be read, what there is to tell', async () => {
    put('a', { readable: false });
    const advice = expect.stringContaining('discard it');
    expect((await list()).items).toEqual([{ id: 'a', reason: 'unreadable', sentAt: now, receiveCount: 13, advice }]);
  });

  test('takes nothing away, not even for a while', async () => {
    put('a');
    put('b', { key: asId('other') });
    expect(await left()).toEqual(['a', 'b']);
    expect(await left()).toEqual(['a', 'b']);
  });

  test('shows again what it holds when it fails half-way', async () => {
    put('a');
    const count = () => Promise.reject(new Crash());
    expect(await call('deadLetters', {}, { deadLetters: { ...letters, count } })).toMatchObject({ status: 500 });
    expect(await left()).toEqual(['a']);
  });

  test('says that there are more than it shows: behind another one of their calendar', async () => {
    put('a');
    put('b');
    expect(await list()).toMatchObject({ items: [{ id: 'a' }], more: true });
  });

  test('[R11] ends at a hundred', async () => {
    const { items, more } = await list({ deadLetters: endless() });
    expect({ count: items.length, more }).toEqual({ count: 100, more: true });
  });
});

describe('a redrive', () => {
  test('sends every hint as it was, under an id that SQS has not seen, and takes the letters away', async () => {
    put('a');
    put('b');
    put('c', { key: asId('other') });
    expect(await redrive()).toEqual({
      redriven: expect.toSatisfy((ids) => ids.toSorted().join() === 'a,b,c'),
      more: false,
    });
    expect(sent.map(({ hint }) => hint)).toContainEqual(
      freshHint(calendarKey, 'notification', asId('chain-of-a')).hint,
    );
    expect(new Set(sent.map(({ deduplicationId }) => deduplicationId)).size).toBe(3);
    expect(await left()).toEqual([]);
  });

  test('done twice changes nothing twice', async () => {
    put('a');
    await redrive({ ids: ['a'] });
    expect(await redrive({ ids: ['a'] })).toEqual({ redriven: [], more: false });
    expect(sent).toHaveLength(1);
  });

  test('of some leaves the others, and shows them again', async () => {
    put('a');
    put('b', { key: asId('other') });
    expect(await redrive({ ids: ['b', 'unheard-of'] })).toEqual({ redriven: ['b'], more: false });
    expect(await left()).toEqual(['a']);
  });

  test('that cannot be sent keeps the letter', async () => {
    put('a');
    const send = () => Promise.reject(new Crash());
    expect(await redrive({}, { queue: { send } })).toMatchObject({ status: 500 });
    expect(await left()).toEqual(['a']);
  });

  test('that crashes before the letter is taken away sends the hint again, with an id of its own', async () => {
    put('a');
    const remove = () => Promise.reject(new Crash());
    await redrive({}, { deadLetters: { ...letters, remove } });
    expect(await redrive()).toEqual({ redriven: ['a'], more: false });
    expect(sent[0]?.hint).toEqual(sent[1]?.hint);
    expect(sent[0]?.deduplicationId).not.toBe(sent[1]?.deduplicationId);
  });

  test('leaves one that cannot be read, and goes on', async () => {
    put('a', { readable: false });
    put('b', { key: asId('other') });
    expect(await redrive()).toEqual({ redriven: ['b'], more: false });
    expect(await left()).toEqual(['a']);
  });
});

describe('to discard', () => {
  test('takes letters away without sending them, also those that cannot be read, and logs why', async () => {
    put('a');
    put('b', { key: asId<CalendarKey>('other'), readable: false });
    expect(await discard({ reason: 'Calendar sold' })).toEqual({ discarded: ['a', 'b'], more: false });
    expect([sent, await left()]).toEqual([[], []]);
    const message = 'A dead letter is discarded';
    expect(logged).toEqual([
      [message, { calendarKey, chainId: 'chain-of-a', reason: 'Calendar sold' }],
      [message, { calendarKey: 'other', reason: 'Calendar sold' }],
    ]);
  });

  test('of some leaves the others', async () => {
    put('a');
    put('b', { key: asId('other') });
    expect(await discard({ ids: ['a'], reason: 'Seen to' })).toMatchObject({ discarded: ['a'] });
    expect(await left()).toEqual(['b']);
  });

  test.each([
    [undefined, 'body'],
    [{}, 'reason'],
    [{ reason: ' ' }, 'reason'],
    [{ reason: 'x'.repeat(257) }, 'reason'],
    [{ reason: 'Seen to', ids: [] }, 'ids'],
    [{ reason: 'Seen to', all: true }, 'all'],
  ])('is refused, and nothing is taken away, for %j', async (body, field) => {
    put('a');
    expect(await discard(body)).toMatchObject({ status: 400, errors: [{ field }] });
    expect(await left()).toEqual(['a']);
  });
});

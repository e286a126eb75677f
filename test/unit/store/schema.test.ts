/** Items of older shapes: brought up to date step by step as they are read; those of newer ones are refused. */
import { describe, expect, test } from 'vitest';
import { asId } from '../../../shared/domain/ids.ts';
import { keys } from '../../../shared/store/keys.ts';
import { type Migrations, schemas, schemasOf } from '../../../shared/store/schema.ts';
import { fromItem, toItem } from '../../../shared/store/table.ts';
import { calendarKey, now, userId } from '../../support/samples.ts';

const id = asId<never>('id');
const all = {
  calendar: keys.calendar(calendarKey),
  quarantine: keys.quarantine(calendarKey, id),
  seen: keys.seen(calendarKey, now, 1),
  connection: keys.connection(userId),
  pointer: keys.pointer(userId, calendarKey),
  channel: keys.channel(userId, calendarKey, id),
  appointment: keys.appointment(userId, id),
  conflict: keys.conflict(userId, id),
  syncRequest: keys.syncRequest(userId),
  syncEvent: keys.syncEvent(userId, now, id, 1),
  notifiedRun: keys.notifiedRun(userId, now, id),
  oauthState: keys.oauthState('hash'),
  activeDataKey: keys.activeDataKey(),
  dataKey: keys.dataKey('k1'),
} satisfies Record<keyof Omit<typeof keys, 'day'>, unknown>;

/** A name that became a summary, then a count that may not be missing. */
const known = schemasOf({
  calendar: [({ name, ...rest }) => ({ ...rest, summary: name }), (value) => ({ count: 0, ...value })],
});
const stored = (schema: unknown, value: object, key = all.calendar) => ({ ...key, dueAt: 'soon', schema, value });

describe('an item of an older schema', () => {
  test.each([
    [1, { name: 'Chair', zone: 'Z' }, { summary: 'Chair', zone: 'Z', count: 0 }],
    [2, { summary: 'Chair', count: 3 }, { summary: 'Chair', count: 3 }],
    [2, { summary: 'Chair' }, { summary: 'Chair', count: 0 }],
    [3, { summary: 'Chair' }, { summary: 'Chair' }],
  ])('%i is read as it would be written now, whatever lies beside its value', (schema, value, now) => {
    const item = stored(schema, value);
    const before = structuredClone(item);
    expect(known.upgraded(item)).toEqual(stored(3, now));
    expect(item).toEqual(before);
    expect(known.isOlder(item)).toBe(schema < 3);
  });

  test('is of its own kind: a change of calendars is none of channels', () => {
    const channel = stored(1, { name: 'kept' }, all.channel);
    expect(known.upgraded(channel)).toEqual(channel);
    expect(known.currentAt(all.channel)).toBe(1);
    expect(known.currentAt(all.calendar)).toBe(3);
  });
});

test('[R13] one of a newer schema is refused: it may mean more than this version understands', () => {
  expect(() => known.upgraded(stored(4, {}))).toThrow('Item of schema 4; this version reads 3');
  expect(() => fromItem(stored(2, {}))).toThrow('Item of schema 2; this version reads 1');
});

test.each([undefined, null, '1', 0, 1.5, Number.NaN])('%o is no schema', (schema) => {
  expect(() => known.upgraded(stored(schema, {}))).toThrow('which is none');
});

describe('every kind of item', () => {
  test.each(Object.entries(all))('%s is known by its key, and by no other', (kind, key) => {
    const migrated = schemasOf({ [kind]: [(value: object) => ({ ...value })] } as Migrations);
    expect(migrated.currentAt(key)).toBe(2);
    const others = Object.values(all).filter((other) => other !== key);
    expect(others.map(migrated.currentAt)).toEqual(others.map(() => 1));
  });

  test.each(Object.entries(all))('%s that is written is read as it was', (_, key) => {
    const item = toItem(key, { a: 1 }, { expiresAt: 7 });
    expect(item).toEqual({ ...key, expiresAt: 7, schema: schemas.currentAt(key), value: { a: 1 } });
    expect(fromItem(item)).toEqual({ a: 1 });
  });

  test('lies where this version puts it', () => {
    expect(() => schemas.currentAt({ pk: 'USER#a', sk: 'NOVELTY#1' })).toThrow('No kind of item lies at NOVELTY');
  });
});

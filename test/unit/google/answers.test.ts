import { describe, expect, test } from 'vitest';
import { plusMs } from '../../../shared/domain/instant.ts';
import {
  readCalendars,
  readCopy,
  readEvent,
  readEvents,
  readOccurrences,
  readWatch,
  readWritten,
} from '../../../shared/google/answers.ts';
import { GoogleError } from '../../../shared/google/google-error.ts';
import { now } from '../../support/samples.ts';

const tombstone = { id: 'a', status: 'cancelled' };

describe('[R5] an answer that says nothing is trouble, never an empty list', () => {
  test.each([
    ['HTML', '<html>Bad gateway</html>'],
    ['nothing', ''],
    ['null', null],
    ['items that are none', { items: 'many', nextSyncToken: 'c' }],
    ['an item without an id', { items: [{ summary: 'x' }], nextSyncToken: 'c' }],
    ['neither a next page nor a cursor', { items: [] }],
  ])('events.list: %s', (_, data) => {
    expect(() => readEvents(data)).toThrow(GoogleError);
  });

  test.each([
    ['calendarList.list', () => readCalendars({ items: [{ summary: 'no id' }] })],
    ['events.get', () => readEvent('truncated {')],
    ['events.get, of a whole event', () => readCopy('truncated {')],
    ['events.insert', () => readWritten('events.insert', '')],
    ['events.update of an event that then is deleted', () => readWritten('events.update', tombstone)],
    ['events.update of an event that then is unreadable', () => readWritten('events.update', { id: 'a' })],
    ['events.instances', () => readOccurrences({ items: [{}] })],
    ['events.watch without a resource', () => readWatch({ expiration: '1' }, now)],
    ['events.watch with a time that is none', () => readWatch({ resourceId: 'r', expiration: '1e300' }, now)],
  ])('%s', (_, read) => {
    expect(read).toThrow(GoogleError);
    expect(read).toThrow(expect.objectContaining({ outcome: 'transient' }));
  });
});

test('the cursor counts on a page that names no next one, and only there [F5]', () => {
  const page = { items: [tombstone], timeZone: 'Europe/London' };
  expect(readEvents({ ...page, nextPageToken: 'p', nextSyncToken: 'c' }).next).toEqual({
    kind: 'more',
    pageToken: 'p',
  });
  expect(readEvents({ ...page, nextSyncToken: 'c' })).toEqual({
    kind: 'page',
    changes: [{ kind: 'deleted', id: 'a' }],
    timeZone: 'Europe/London',
    next: { kind: 'end', cursor: 'c' },
  });
});

test('a calendar is owned by its owner only, and is called what its user calls it', () => {
  const wire = { id: 'a', summary: 'Shop', summaryOverride: 'Chair', timeZone: 'UTC', accessRole: 'writer' };
  expect(readCalendars({ items: [wire, { id: 'b', primary: true, accessRole: 'owner' }] }).items).toEqual([
    { id: 'a', summary: 'Chair', timeZone: 'UTC', primary: false, owned: false, writable: true },
    { id: 'b', summary: '', timeZone: 'UTC', primary: true, owned: true, writable: true },
  ]);
});

test.each([
  ['owner', true],
  ['writer', true],
  ['writerWithoutPrivateAccess', false],
  ['reader', false],
  ['freeBusyReader', false],
  [undefined, false],
])(
  '[R2] a calendar takes writes from its owner and its writers, if they see all that they replace: %s',
  (accessRole, writable) => {
    expect(readCalendars({ items: [{ id: 'a', accessRole }] }).items).toMatchObject([{ writable }]);
  },
);

test('[R2] only an event that can be read can be copied, and so written back', () => {
  expect(readCopy(tombstone)).toEqual({ change: { kind: 'deleted', id: 'a' } });
  expect(readCopy({ id: 'a', etag: '"1"', summary: 7 })).toEqual({
    change: expect.objectContaining({ kind: 'unreadable' }),
  });
});

test('occurrences that are cancelled are none', () => {
  expect(readOccurrences({ items: [{ id: 'a' }, tombstone, { id: 'c', status: 'tentative' }] }).items).toEqual([
    'a',
    'c',
  ]);
});

test('the expiry that Google grants counts, as a number or as text', () => {
  const granted = Date.parse(plusMs(now, 1_000));
  for (const expiration of [granted, String(granted)]) {
    expect(readWatch({ resourceId: 'r', expiration }, now)).toEqual({ resourceId: 'r', expiresAt: plusMs(now, 1_000) });
  }
  expect(readWatch({ resourceId: 'r' }, now).expiresAt).toBe(now);
});

import { expect, test } from 'vitest';
import { select } from './fields.ts';

const event = { id: 'a', start: { dateTime: 'x', timeZone: 'z' }, extendedProperties: { private: { k: 'v', l: 'w' } } };
const page = { kind: 'calendar#events', items: [event, { id: 'b' }], nextPageToken: 'next' };
const events = { $ref: 'Events' };

test.each([
  ['nextPageToken', { nextPageToken: 'next' }],
  ['items(id),nextPageToken', { items: [{ id: 'a' }, { id: 'b' }], nextPageToken: 'next' }],
  ['items/id', { items: [{ id: 'a' }, { id: 'b' }] }],
  ['items(id, start/dateTime)', { items: [{ id: 'a', start: { dateTime: 'x' } }, { id: 'b' }] }],
  ['items(start(dateTime,timeZone))', { items: [{ start: { dateTime: 'x', timeZone: 'z' } }, {}] }],
  ['items/start', { items: [{ start: event.start }, {}] }],
  ['items/extendedProperties/private/k', { items: [{ extendedProperties: { private: { k: 'v' } } }, {}] }],
  ['items/id,items/start/timeZone', { items: [{ id: 'a', start: { timeZone: 'z' } }, { id: 'b' }] }],
  ['*', page],
])('[G6] fields=%s', (fields, expected) => {
  expect(select(fields, events, page)).toEqual(expected);
});

test.each(['', 'items(', 'items)', 'items(id', 'items//id', 'items(id))', ',', 'items;id', 'nope', 'items(idd)'])(
  '[G6] refused: fields=%s',
  (fields) => {
    expect(() => select(fields, events, page)).toThrow(/Invalid field selection/);
  },
);

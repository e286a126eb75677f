import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { eventFields, parseEventChange, type WireEvent } from '../../../shared/google/event-schema.ts';
import { select } from '../../google/fields.ts';
import { inheritedNames } from '../hostile.ts';

/** As `events.list` answers for an ordinary event, with fields that we do not ask for. */
const wire = {
  kind: 'calendar#event',
  id: 'event1',
  status: 'confirmed',
  etag: '"2872450147374000"',
  updated: '2026-03-01T09:00:00.123Z',
  summary: 'Dentist',
  description: 'Bring card',
  location: 'Main St',
  htmlLink: 'https://www.google.com/calendar/event?eid=x',
  start: { dateTime: '2026-03-03T10:00:00-05:00', timeZone: 'America/New_York' },
  end: { dateTime: '2026-03-03T11:00:00-05:00', timeZone: 'America/New_York' },
};
const parsedWith = (fields: object) => parseEventChange({ ...wire, ...fields });
const eventWith = (fields: object) => {
  const change = parsedWith(fields);
  if (change.kind !== 'event') throw new Error(`The event is ${change.kind}`);
  return change.event;
};

describe('an event', () => {
  test('is read, and what is not asked for is left behind', () => {
    expect(eventWith({})).toEqual({
      id: 'event1',
      etag: '"2872450147374000"',
      updated: '2026-03-01T09:00:00.123Z',
      eventType: 'default',
      transparent: false,
      declined: false,
      confidential: false,
      summary: 'Dentist',
      description: 'Bring card',
      location: 'Main St',
      start: { kind: 'dateTime', dateTime: '2026-03-03T10:00:00-05:00', timeZone: 'America/New_York' },
      end: { kind: 'dateTime', dateTime: '2026-03-03T11:00:00-05:00', timeZone: 'America/New_York' },
    });
  });

  test('needs no text, and no more than its id, version and times', () => {
    const { id, etag, updated, start, end } = wire;
    expect(parseEventChange({ id, etag, updated, start, end }).kind).toBe('event');
  });

  test('has no field that Google has not sent', () => {
    const start = { dateTime: '2026-03-03T10:00:00-05:00' };
    const bare = eventWith({ summary: undefined, description: undefined, location: undefined, start });
    expect([...Object.values(bare), ...Object.values(bare.start)]).not.toContain(undefined);
  });

  test('all day has dates', () => {
    const { start, end } = eventWith({ start: { date: '2026-03-03' }, end: { date: '2026-03-04' } });
    expect([start, end]).toEqual([
      { kind: 'date', date: '2026-03-03' },
      { kind: 'date', date: '2026-03-04' },
    ]);
  });

  test.each([
    ['a date beside an emptied time', { date: '2026-03-03', dateTime: null }, 'date'],
    ['a time beside an emptied date', { date: null, dateTime: '2026-03-03T10:00:00Z' }, 'dateTime'],
    ['a local time', { dateTime: '2026-03-03T10:00:00', timeZone: 'America/New_York' }, 'dateTime'],
  ])('may start with %s', (_, start, kind) => {
    expect(eventWith({ start }).start.kind).toBe(kind);
  });

  test.each([
    [true, { visibility: 'private' }],
    [true, { visibility: 'confidential' }],
    [false, { visibility: 'public' }],
    [false, { visibility: 'default' }],
  ])('confidential: %s for %o', (confidential, fields) => {
    expect(eventWith(fields).confidential).toBe(confidential);
  });

  test.each([
    [true, { transparency: 'transparent' }],
    [false, { transparency: 'opaque' }],
  ])('transparent: %s for %o', (transparent, fields) => {
    expect(eventWith(fields).transparent).toBe(transparent);
  });

  test.each([
    [true, [{ self: true, responseStatus: 'declined' }]],
    [true, [{ responseStatus: 'accepted' }, { self: true, responseStatus: 'declined' }]],
    [false, [{ responseStatus: 'declined' }]],
    [false, [{ self: false, responseStatus: 'declined' }]],
    [false, [{ self: true, responseStatus: 'tentative' }, { responseStatus: 'declined' }]],
    [false, []],
  ])('declined: %s, when the attendees are %o', (declined, attendees) => {
    expect(eventWith({ attendees }).declined).toBe(declined);
  });

  test('[F55] an occurrence names its series', () => {
    expect(eventWith({ recurringEventId: 'series1' }).recurringEventId).toBe('series1');
  });

  test.each([
    ['owner.appointment', { private: { bookedBarber: 'owner.appointment', another: 'app' } }],
    [undefined, { private: { another: 'app' } }],
    [undefined, { shared: { bookedBarber: 'owner.appointment' } }],
    [undefined, {}],
    [undefined, undefined],
  ])('has the mark %s with the properties %o: only this calendar’s copy bears it', (mark, extendedProperties) => {
    expect(eventWith({ extendedProperties }).mark).toBe(mark);
  });

  test('`updated` becomes UTC, so that text order is time order', () => {
    expect(eventWith({ updated: '2026-03-01T10:00:00+01:00' }).updated).toBe('2026-03-01T09:00:00.000Z');
  });
});

describe('a tombstone', () => {
  const deleted = { kind: 'deleted', id: 'event1' };

  test.each([
    ['of the id only', { id: 'event1', status: 'cancelled' }],
    [
      'of a cancelled occurrence, with its three fields [F55]',
      {
        id: 'event1',
        status: 'cancelled',
        recurringEventId: 'series1',
        originalStartTime: { dateTime: '2026-03-03T10:00:00-05:00' },
      },
    ],
    ['that could not be read as an event', { id: 'event1', status: 'cancelled', start: 'soon', updated: 7 }],
  ])('%s is a deletion', (_, tombstone) => {
    expect(parseEventChange(tombstone)).toEqual(deleted);
  });

  test('[R3] that still shows what the event was tells whose it was, and when it changed', () => {
    const shown = { ...deleted, updated: '2026-03-01T09:00:00.123Z' };
    expect(parseEventChange({ ...wire, status: 'cancelled' })).toEqual({ ...shown, shown: {} });
    const extendedProperties = { private: { bookedBarber: 'mark' } };
    const ours = { ...wire, status: 'cancelled', extendedProperties };
    expect(parseEventChange(ours)).toEqual({ ...shown, shown: { mark: 'mark' } });
    expect(parseEventChange({ ...ours, extendedProperties: 'none' })).toEqual({ ...shown, shown: {} });
  });

  test('[R8] is one by its status alone: nothing else looks like a deletion', () => {
    const almost = ['CANCELLED', 'canceled', 'deleted', '', null, true, ['cancelled']];
    expect(almost.map((status) => parsedWith({ status }).kind)).not.toContain('deleted');
    expect(parseEventChange({ id: 'event1' }).kind).toBe('unreadable');
  });
});

describe('what cannot be read is set aside by name', () => {
  const secret = 'Secret';

  test.each([
    ['etag', { etag: 7 }],
    ['etag', { etag: '' }],
    ['updated', { updated: secret }],
    ['updated', { updated: undefined }],
    ['updated', { updated: '2026-02-30T09:00:00Z' }],
    ['updated', { updated: '0020-03-01T09:00:00Z' }],
    ['summary', { summary: [secret] }],
    ['description', { description: { html: secret } }],
    ['start', { start: undefined }],
    ['start.dateTime', { start: { dateTime: secret } }],
    ['start.dateTime', { start: { dateTime: '2026-03-03 10:00' } }],
    ['start.date', { start: { date: '2026-02-30' } }],
    ['start.timeZone', { start: { dateTime: '2026-03-03T10:00:00Z', timeZone: '' } }],
    ['end', { end: { date: null, dateTime: null } }],
    ['attendees', { attendees: { self: true } }],
    ['attendees.0.self', { attendees: [{ self: secret }] }],
    ['recurringEventId', { recurringEventId: '' }],
    ['recurringEventId', { recurringEventId: 'x'.repeat(1025) }],
    ['etag', { etag: 'x'.repeat(1025) }],
    ['extendedProperties.private.bookedBarber', { extendedProperties: { private: { bookedBarber: [secret] } } }],
  ])('%s: %o', (field, fields) => {
    const reason = `Google sent an event that cannot be read: ${field}`;
    expect(parsedWith(fields)).toMatchObject({ kind: 'unreadable', id: 'event1', reason });
  });

  test('[R2] says how old it is, where that can be read', () => {
    expect(parsedWith({ start: secret })).toMatchObject({ kind: 'unreadable', updated: wire.updated });
    expect(parsedWith({ updated: secret })).not.toHaveProperty('updated');
  });

  test('[F61] the reason names every field and holds no value', () => {
    const change = parsedWith({ summary: { [secret]: secret }, start: { dateTime: secret }, etag: [secret] });
    expect(change).toMatchObject({ reason: expect.stringMatching(/read: etag, summary, start\.dateTime$/) });
    expect(JSON.stringify(change)).not.toContain(secret);
  });

  test('an id may be as long as Google’s longest, and no longer', () => {
    expect(parsedWith({ id: 'x'.repeat(1024) }).kind).toBe('event');
    expect(parseEventChange({ id: 'x'.repeat(1024), status: 'cancelled' }).kind).toBe('deleted');
    expect(parsedWith({ id: 'x'.repeat(1025) }).kind).toBe('unreadable');
  });
});

describe('hostile input', () => {
  const anyValue = fc.oneof(fc.jsonValue(), fc.constantFrom(...inheritedNames, '2026-03-03T10:00:00Z', 'cancelled'));

  test('[R5] whatever has an id is read, deleted or set aside, and never throws', () => {
    const fields = fc.record(Object.fromEntries(Object.keys(wire).map((name) => [name, anyValue])), {
      requiredKeys: [],
    });
    fc.assert(
      fc.property(fields, fc.string({ minLength: 1, unit: 'binary' }), (hostile, id) => {
        const { kind } = parseEventChange({ ...wire, ...hostile, id });
        return ['event', 'deleted', 'unreadable'].includes(kind);
      }),
    );
  });

  test.each(inheritedNames)('an event with the id and a field "%s" is an event like any other', (name) => {
    const change = parseEventChange(
      JSON.parse(JSON.stringify(wire).replace('{', `{"${name}":{"status":"cancelled"},`)),
    );
    expect(change).toEqual(parseEventChange(wire));
    expect(parsedWith({ id: name })).toMatchObject({ kind: 'event', event: { id: name } });
  });
});

test('all that is read is asked for', () => {
  const full = {
    ...wire,
    eventType: 'focusTime',
    transparency: 'transparent',
    visibility: 'private',
    recurringEventId: 'series1',
    attendees: [{ self: true, responseStatus: 'declined' }],
    extendedProperties: { private: { bookedBarber: 'owner.appointment', another: 'app' } },
  };
  const sent = select(eventFields, { $ref: 'Event' }, full) as WireEvent;
  expect(parseEventChange(sent)).toEqual(parseEventChange(full));
  expect(sent.extendedProperties).toEqual({ private: { bookedBarber: 'owner.appointment' } });
});

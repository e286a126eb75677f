import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { EventContent } from '../../../shared/domain/calendar-event.ts';
import { asId, type EventId } from '../../../shared/domain/ids.ts';
import { copyOf, newEvent, rewriteOf } from '../../../shared/google/event-body.ts';

const own = {
  id: 'event1',
  etag: '"1"',
  summary: 'Haircut',
  location: 'Chair 2',
  description: 'Short',
  start: { dateTime: '2026-03-03T10:00:00+01:00', timeZone: 'Europe/Berlin' },
  end: { dateTime: '2026-03-03T10:30:00+01:00', timeZone: 'Europe/Berlin' },
  organizer: { email: 'barber@example.com', self: true },
};
const guests = { ...own, organizer: { email: 'host@example.com' } };
const rewritten = (wire: object, content: EventContent) => rewriteOf(copyOf({ ...own, ...wire }, '"1"'), content);
const allDay = { start: { kind: 'date', date: '2026-03-03' }, end: { kind: 'date', date: '2026-03-04' } } as const;
const timed = {
  start: { kind: 'dateTime', dateTime: '2026-03-03T11:00:00+01:00', timeZone: 'Europe/Berlin' },
  end: { kind: 'dateTime', dateTime: '2026-03-03T11:30:00+01:00', timeZone: 'Europe/Berlin' },
} as const;

describe('a new event', () => {
  test('has our id and our mark, and of the rest what is given', () => {
    expect(newEvent(asId<EventId>('event1'), 'owner.appointment', { summary: 'Haircut' })).toEqual({
      id: 'event1',
      summary: 'Haircut',
      extendedProperties: { private: { bookedBarber: 'owner.appointment' } },
    });
  });
});

describe('[F51] a copy is replaced whole', () => {
  test('when it is the organiser’s own', () => {
    expect(rewritten({}, { summary: 'Shave' })).toEqual({
      method: 'PUT',
      etag: '"1"',
      body: { ...own, summary: 'Shave' },
      eventLabelVersion: 0,
    });
  });

  test.each([
    ['it is a guest’s', guests],
    ['nothing says whose it is', { organizer: undefined }],
    ['it is locked', { locked: true }],
    ['attendees are left out of it', { attendeesOmitted: true }],
    ['one cannot tell', { locked: 'perhaps' }],
  ])('but only what changes is sent when %s', (_, wire) => {
    expect(rewritten(wire, { summary: 'Shave' })).toMatchObject({ method: 'PATCH', body: { summary: 'Shave' } });
    expect(Object.keys(rewritten(wire, { summary: 'Shave' }).body)).toEqual(['summary']);
  });

  test('with all that is not ours as it was, whatever that is', () => {
    const foreign = fc.dictionary(
      fc.string({ minLength: 1 }).map((name) => `x${name}`),
      fc.jsonValue(),
    );
    fc.assert(
      fc.property(foreign, (fields) => {
        const { body } = rewritten(fields, { summary: 'Shave', times: timed });
        expect(body).toMatchObject(fields);
      }),
    );
  });

  test('and a label, which only those keep who say that they know of labels, is kept', () => {
    expect(rewritten({ eventLabelId: 'label1', colorId: '3' }, {}).eventLabelVersion).toBe(1);
    expect(rewritten({ colorId: '3' }, {}).eventLabelVersion).toBe(0);
  });
});

describe.each([
  ['our own copy', own],
  ['a guest’s copy', guests],
])('what we write to %s', (_, wire) => {
  test('is what is given: a text that shall not be there is taken away', () => {
    expect(rewritten(wire, { location: '', description: 'Long' }).body).toMatchObject({
      location: null,
      description: 'Long',
    });
  });

  test('[F56] all day, has dates and takes the hours away', () => {
    expect(rewritten(wire, { times: allDay }).body).toMatchObject({
      start: { date: '2026-03-03', dateTime: null },
      end: { date: '2026-03-04', dateTime: null },
    });
  });

  test('[F57] at a time, has its zone and takes the dates away', () => {
    expect(rewritten(wire, { times: timed }).body).toMatchObject({
      start: { dateTime: '2026-03-03T11:00:00+01:00', timeZone: 'Europe/Berlin', date: null },
      end: { dateTime: '2026-03-03T11:30:00+01:00', timeZone: 'Europe/Berlin', date: null },
    });
  });
});

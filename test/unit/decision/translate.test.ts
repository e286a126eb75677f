import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hiddenTitle, type Translated, translate } from '../../../shared/decision/translate.ts';
import type { CalendarEvent, EventTime } from '../../../shared/domain/calendar-event.ts';
import { day, epochMsOf, hour } from '../../../shared/domain/instant.ts';
import { anEvent, at } from '../../support/samples.ts';
import { anyZone } from '../hostile.ts';

const newYork = 'America/New_York';

const timed = (dateTime: string, timeZone?: string): EventTime => ({
  kind: 'dateTime',
  dateTime,
  ...(timeZone !== undefined && { timeZone }),
});
const date = (text: string): EventTime => ({ kind: 'date', date: text });

const translated = (event: Partial<CalendarEvent>, calendarZone = newYork, textHidden = false): Translated => {
  const result = translate(anEvent(event), calendarZone, textHidden);
  if (result.kind === 'untranslatable') throw new Error(result.reason);
  return result;
};

const timesOf = (start: EventTime, end: EventTime, calendarZone = newYork) => {
  const { start: from, end: to, timeZone, allDay } = translated({ start, end }, calendarZone).fields;
  return { from, to, timeZone, allDay };
};

describe('a timed event', () => {
  test('keeps its zone and gives its times with that zone’s offset, whatever offset Google used', () => {
    const { kind, fields, startsAt, endsAt } = translated({
      start: timed('2026-07-01T16:00:00+02:00', newYork),
      end: timed('2026-07-01T15:00:00Z', newYork),
    });
    expect(kind).toBe('fields');
    expect(fields).toMatchObject({
      allDay: false,
      start: '2026-07-01T10:00:00-04:00',
      end: '2026-07-01T11:00:00-04:00',
    });
    expect([startsAt, endsAt]).toEqual([at('2026-07-01T14:00:00Z'), at('2026-07-01T15:00:00Z')]);
  });

  test.each([
    ['UTC', '2026-07-01T14:00:00+00:00'],
    ['Etc/GMT+5', '2026-07-01T09:00:00-05:00'],
    ['Asia/Kathmandu', '2026-07-01T19:45:00+05:45'],
    ['America/St_Johns', '2026-07-01T11:30:00-02:30'],
    ['Pacific/Kiritimati', '2026-07-02T04:00:00+14:00'],
  ])('in %s starts at %s', (zone, start) => {
    const times = timesOf(timed('2026-07-01T14:00:00Z', zone), timed('2026-07-01T15:00:00Z', zone));
    expect(times).toMatchObject({ from: start, timeZone: zone });
  });

  test('without a zone of its own is in the calendar’s', () => {
    const times = timesOf(timed('2026-07-01T14:00:00Z'), timed('2026-07-01T15:00:00Z'));
    expect(times).toMatchObject({ from: '2026-07-01T10:00:00-04:00', timeZone: newYork });
  });

  test('that ends in another zone (a flight) is in the zone it starts in', () => {
    const times = timesOf(
      timed('2026-07-01T10:00:00-04:00', newYork),
      timed('2026-07-01T23:00:00+02:00', 'Europe/Berlin'),
    );
    expect(times).toMatchObject({ to: '2026-07-01T17:00:00-04:00', timeZone: newYork });
  });

  test('without an offset is read in its zone, the end in its own', () => {
    const times = timesOf(timed('2026-07-01T10:00:00', newYork), timed('2026-07-01T23:00:00', 'Europe/Berlin'));
    expect(times).toMatchObject({ from: '2026-07-01T10:00:00-04:00', to: '2026-07-01T17:00:00-04:00' });
  });

  test('[R4][F54] milliseconds are no difference', () => {
    const exact = translated({ start: timed('2026-07-01T14:00:00Z'), end: timed('2026-07-01T15:00:00Z') });
    const fuzzy = translated({ start: timed('2026-07-01T14:00:00.000999Z'), end: timed('2026-07-01T15:00:00.999Z') });
    expect(fuzzy).toEqual(exact);
  });

  test('a zone is named as IANA does, in its own spelling', () => {
    const times = timesOf(timed('2026-07-01T14:00:00Z', 'america/new_york'), timed('2026-07-01T15:00:00Z'));
    expect(times.timeZone).toBe(newYork);
  });
});

describe('[F57] when the clocks change', () => {
  test('an hour that does not exist is an hour later', () => {
    const { from } = timesOf(timed('2026-03-08T02:30:00', newYork), timed('2026-03-08T04:00:00', newYork));
    expect(from).toBe('2026-03-08T03:30:00-04:00');
  });

  test('an event across the missing hour is an hour shorter', () => {
    const start = timed('2026-03-08T01:30:00', newYork);
    const { startsAt, endsAt } = translated({ start, end: timed('2026-03-08T03:30:00', newYork) });
    expect(epochMsOf(endsAt) - epochMsOf(startsAt)).toBe(1 * hour);
  });

  test('the two hours of the same name are told apart by their offset', () => {
    const end = timed('2026-11-01T03:00:00-05:00', newYork);
    const starts = ['2026-11-01T01:30:00-04:00', '2026-11-01T01:30:00-05:00'];
    expect(starts.map((start) => timesOf(timed(start, newYork), end).from)).toEqual(starts);
  });

  test('an hour that comes twice, without an offset, is the first', () => {
    const { from } = timesOf(timed('2026-11-01T01:30:00', newYork), timed('2026-11-01T03:00:00', newYork));
    expect(from).toBe('2026-11-01T01:30:00-04:00');
  });
});

describe('[F56] an all-day event', () => {
  test('keeps its dates, its end exclusive, and begins at midnight in the calendar’s zone', () => {
    const { fields, startsAt, endsAt } = translated({ start: date('2026-07-04'), end: date('2026-07-05') });
    expect(fields).toMatchObject({ allDay: true, start: '2026-07-04', end: '2026-07-05', timeZone: newYork });
    expect([startsAt, endsAt]).toEqual([at('2026-07-04T04:00:00Z'), at('2026-07-05T04:00:00Z')]);
  });

  test.each([
    [23, '2026-03-08', '2026-03-09'],
    [25, '2026-11-01', '2026-11-02'],
    [7 * 24 - 1, '2026-03-07', '2026-03-14'],
  ])('lasts %i hours from %s to %s', (hours, start, end) => {
    const { startsAt, endsAt } = translated({ start: date(start), end: date(end) });
    expect(epochMsOf(endsAt) - epochMsOf(startsAt)).toBe(hours * hour);
  });

  test('begins with the first moment of a day that has no midnight', () => {
    const cairo = translated({ start: date('2026-04-24'), end: date('2026-04-25') }, 'Africa/Cairo');
    expect(cairo.startsAt).toBe(at('2026-04-24T01:00:00+03:00'));
  });

  test('is on the same dates in every zone', () => {
    fc.assert(
      fc.property(anyZone, anyDate, fc.integer({ min: 1, max: 40 }), (zone, start, days) => {
        const end = new Date(Date.parse(start) + days * day).toISOString().slice(0, 10);
        const times = timesOf(date(start), date(end), zone);
        expect(times).toEqual({ from: start, to: end, timeZone: zone, allDay: true });
      }),
    );
  });
});

describe('an event that cannot be read', () => {
  test.each([
    ['an unknown zone', timed('2026-07-01T10:00:00Z', 'Mars/Olympus'), timed('2026-07-01T11:00:00Z')],
    ['an unknown zone at the end', timed('2026-07-01T10:00:00Z'), timed('2026-07-01T11:00:00Z', 'Mars/Olympus')],
    ['a bare offset for a zone [F57]', timed('2026-07-01T10:00:00Z', '+02:00'), timed('2026-07-01T11:00:00Z')],
    ['a whole time for a zone', timed('2026-07-01T10:00:00Z', '2026-01-01T00:00Z[UTC]'), timed('2026-07-01T11:00:00Z')],
    ['an impossible time', timed('2026-07-01T25:00:00Z'), timed('2026-07-02T11:00:00Z')],
    ['an impossible date', date('2026-02-30'), date('2026-03-02')],
    ['a date and a time', date('2026-07-01'), timed('2026-07-02T11:00:00Z')],
    ['a time and a date', timed('2026-07-01T11:00:00Z'), date('2026-07-02')],
    ['an end before the start', timed('2026-07-01T11:00:00Z'), timed('2026-07-01T10:00:00Z')],
    ['no length', timed('2026-07-01T11:00:00Z'), timed('2026-07-01T11:00:00Z')],
    ['no length but for milliseconds', timed('2026-07-01T11:00:00.1Z'), timed('2026-07-01T11:00:00.9Z')],
    ['no days', date('2026-07-01'), date('2026-07-01')],
    ['days backwards', date('2026-07-02'), date('2026-07-01')],
  ])('has %s', (_, start, end) => {
    expect(translate(anEvent({ start, end }), newYork, false).kind).toBe('untranslatable');
  });

  test.each(['Mars/Olympus', '+02:00', '', 'constructor'])('is an all-day one in a calendar of zone "%s"', (zone) => {
    const event = anEvent({ start: date('2026-07-01'), end: date('2026-07-02') });
    expect(translate(event, zone, false).kind).toBe('untranslatable');
  });

  test('[F61] gives a reason that holds nothing of the event', () => {
    const event = anEvent({ summary: 'Secret', start: timed('Secret', 'Secret'), end: date('Secret') });
    expect(JSON.stringify(translate(event, newYork, false))).not.toContain('Secret');
  });
});

describe('text', () => {
  test('that is longer than Google itself keeps is cut, never the time [R2]', () => {
    const long = { summary: 's'.repeat(2_000), description: 'd'.repeat(100_000), location: `${'l'.repeat(1_022)}😀😀` };
    const { fields, startsAt } = translated(long);
    expect(startsAt).toBe(translated({}).startsAt);
    expect(fields.title).toBe(`${'s'.repeat(1_023)}…`);
    expect(fields.notes).toHaveLength(8_192);
    expect(fields.location).toBe(`${'l'.repeat(1_022)}…`); // The first emoji would have been cut in two.
  });

  test('that is as long as Google keeps is not cut, and half a character in its middle cuts nothing', () => {
    const longest = 's'.repeat(1_024);
    expect(translated({ summary: longest }).fields.title).toBe(longest);
    const spoilt = `\ud83d${longest}`;
    expect(translated({ summary: spoilt }).fields.title).toBe(`${spoilt.slice(0, 1_023)}…`);
  });

  test('title, place and notes are taken over', () => {
    const { fields } = translated({ summary: 'Dentist', location: 'Main St', description: '<b>Bring</b> card' });
    expect(fields).toMatchObject({ title: 'Dentist', location: 'Main St', notes: '<b>Bring</b> card' });
  });

  test('an event without text has an empty title and neither place nor notes', () => {
    const { summary: _, ...event } = anEvent({ location: '', description: '' });
    const { fields } = translate(event, newYork, false) as Translated;
    expect(fields.title).toBe('');
    expect(Object.keys(fields)).not.toContain('location');
    expect(Object.keys(fields)).not.toContain('notes');
  });

  test('[R15] that is hidden is not kept', () => {
    const secrets = { summary: 'Secret title', location: 'Secret place', description: 'Secret notes' };
    const { fields } = translated(secrets, newYork, true);
    expect(fields.title).toBe(hiddenTitle);
    expect(JSON.stringify(fields)).not.toContain('Secret');
  });
});

const anyDate = fc
  .date({ min: new Date('2025-01-01'), max: new Date('2030-12-31'), noInvalidDate: true })
  .map((moment) => moment.toISOString().slice(0, 10));
const anyOffset = fc.constantFrom('Z', '+00:00', '-00:00', '+05:45', '-09:30', '+14:00');
const anyTime = fc.date({ min: new Date('2025-01-01'), max: new Date('2030-12-31'), noInvalidDate: true });

/** The same moment, written with the offset given. */
const written = (moment: Date, offset: string): string => {
  const [, sign = '+', hours = '0', minutes = '0'] = /([+-])(\d\d):(\d\d)/.exec(offset) ?? [];
  const ahead = (Number(hours) * hour + Number(minutes) * 60_000) * (sign === '-' ? -1 : 1);
  return new Date(moment.getTime() + ahead).toISOString().replace('Z', offset);
};

describe('in every zone', () => {
  const anyTimed = fc.tuple(anyTime, fc.integer({ min: 1, max: 14 * 24 * 60 }), anyZone, anyOffset);

  test('[F57] a time means the same moment before and after', () => {
    fc.assert(
      fc.property(anyTimed, ([start, minutes, zone, offset]) => {
        const end = new Date(start.getTime() + minutes * 60_000);
        const { fields, startsAt, endsAt } = translated({
          start: timed(written(start, offset), zone),
          end: timed(written(end, offset), zone),
        });
        const whole = (moment: Date) => Math.floor(moment.getTime() / 1000) * 1000;
        expect([Date.parse(fields.start), Date.parse(fields.end)]).toEqual([whole(start), whole(end)]);
        expect([epochMsOf(startsAt), epochMsOf(endsAt)]).toEqual([whole(start), whole(end)]);
      }),
    );
  });

  test('[R4] what was translated once translates to itself', () => {
    fc.assert(
      fc.property(anyTimed, ([start, minutes, zone, offset]) => {
        const end = new Date(start.getTime() + minutes * 60_000);
        const once = translated({ start: timed(written(start, offset), zone), end: timed(written(end, offset), zone) });
        const { start: from, end: to, timeZone } = once.fields;
        expect(translated({ start: timed(from, timeZone), end: timed(to, timeZone) })).toEqual(once);
      }),
    );
  });
});

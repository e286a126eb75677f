import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { withoutFooter } from '../../../shared/decision/booking-text.ts';
import { differing, fieldGroups } from '../../../shared/decision/compare.ts';
import { contentOf } from '../../../shared/decision/event-content.ts';
import { translate } from '../../../shared/decision/translate.ts';
import type { FieldGroup, OwnedFields } from '../../../shared/domain/appointment.ts';
import type { CalendarEvent, EventContent } from '../../../shared/domain/calendar-event.ts';
import { anEvent } from '../../support/samples.ts';
import { anyZone } from '../hostile.ts';
import { anyFields, anyRewrite } from './any-fields.ts';

const fields: OwnedFields = {
  title: 'Fade',
  location: 'Main St',
  notes: 'Bring card',
  allDay: false,
  start: '2026-07-01T10:00:00-04:00',
  end: '2026-07-01T11:00:00-04:00',
  timeZone: 'America/New_York',
};
const { location: _, notes: __, ...bare } = fields;

describe('an event is told', () => {
  test('[F57] its times with their offset and their zone', () => {
    expect(contentOf(fields, '', ['times'])).toEqual({
      times: {
        start: { kind: 'dateTime', dateTime: '2026-07-01T10:00:00-04:00', timeZone: 'America/New_York' },
        end: { kind: 'dateTime', dateTime: '2026-07-01T11:00:00-04:00', timeZone: 'America/New_York' },
      },
    });
  });

  test('[F56] its days as civil dates, the end exclusive', () => {
    expect(contentOf({ ...fields, allDay: true, start: '2026-07-04', end: '2026-07-05' }, '', ['times'])).toEqual({
      times: { start: { kind: 'date', date: '2026-07-04' }, end: { kind: 'date', date: '2026-07-05' } },
    });
  });

  test('its notes with what we add to them', () => {
    expect(contentOf(fields, 'Price: 35.00 EUR', ['notes'])).toEqual({ description: 'Bring card\n\nPrice: 35.00 EUR' });
    expect(contentOf(bare, 'Price: 35.00 EUR', ['notes'])).toEqual({ description: 'Price: 35.00 EUR' });
  });

  test('that there is no place and there are no notes', () => {
    expect(contentOf(bare, '', ['location', 'notes'])).toEqual({ location: '', description: '' });
  });

  test.each<[FieldGroup[], (keyof EventContent)[]]>([
    [[], []],
    [['title'], ['summary']],
    [
      ['location', 'times'],
      ['location', 'times'],
    ],
    [
      ['title', 'location', 'notes', 'times'],
      ['summary', 'location', 'description', 'times'],
    ],
  ])('[R2] of %o nothing but %o', (groups, parts) => {
    expect(Object.keys(contentOf(fields, 'Price: 35.00 EUR', groups))).toEqual(parts);
  });
});

/** The event as Google holds it once it has been told. */
const told = ({ times, ...texts }: EventContent, rewrite = (text: string) => text): CalendarEvent => ({
  ...anEvent(),
  ...texts,
  ...times,
  ...(texts.description !== undefined && { description: rewrite(texts.description) }),
});

const readBack = (event: CalendarEvent, footer: string, calendarZone: string): OwnedFields => {
  const translated = translate(event, calendarZone, false);
  if (translated.kind === 'untranslatable') throw new Error(translated.reason);
  const { notes, ...rest } = translated.fields;
  const kept = withoutFooter(notes, footer);
  return { ...rest, ...(kept !== undefined && { notes: kept }) };
};

describe('what an event was told reads back as the same', () => {
  const anyFooter = fc.constantFrom('', 'Contact: +1 555 0100\nPrice: 35.00 EUR');

  test('[R4] in every zone, whatever the clocks do, and whatever Google makes of its text', () => {
    fc.assert(
      fc.property(anyFields, anyFooter, anyRewrite, anyZone, (said, footer, rewrite, calendarZone) => {
        const event = told(contentOf(said, footer, fieldGroups), rewrite);
        expect(differing(readBack(event, footer, calendarZone), said)).toEqual([]);
      }),
      { numRuns: 1_000 },
    );
  });

  test('[F57] to the letter, as to its times', () => {
    fc.assert(
      fc.property(anyFields, (said) => {
        const { allDay, start, end, timeZone } = readBack(told(contentOf(said, '', fieldGroups)), '', said.timeZone);
        expect({ allDay, start, end, timeZone }).toEqual({
          allDay: said.allDay,
          start: said.start,
          end: said.end,
          timeZone: said.timeZone,
        });
      }),
      { numRuns: 1_000 },
    );
  });

  test.each(['2026-11-01T01:30:00-04:00', '2026-11-01T01:30:00-05:00'])(
    '[F57] also in the hour that comes twice: %s',
    (start) => {
      const said = { ...fields, start, end: '2026-11-01T03:00:00-05:00' };
      expect(readBack(told(contentOf(said, '', fieldGroups)), '', 'UTC')).toEqual(said);
    },
  );
});

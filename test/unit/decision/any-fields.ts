/** Appointments' fields as they may come, and what Google or its editor makes of a text that nobody has edited. */
import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import type { OwnedFields, Times } from '../../../shared/domain/appointment.ts';
import { anyZone } from '../hostile.ts';

/** Words with what could be taken for markup; a space keeps them from becoming some. */
const anyWord = fc.constantFrom(
  'Fade',
  'a',
  '<',
  '>',
  '&',
  'é',
  '한',
  '😀',
  '<jane@example.com>',
  '"5"',
  "O'Neil",
  '#2;',
);
const anyLine = fc.array(anyWord, { minLength: 1, maxLength: 6 }).map((words) => words.join(' '));
export const anyText = fc.array(anyLine, { maxLength: 4 }).map((lines) => lines.join('\n'));

const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const asHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => escapes[character] ?? '');

export const anyRewrite = fc.constantFrom<((text: string) => string)[]>(
  (text) => text,
  (text) => text.replaceAll('\n', '\r\n'),
  (text) => `${text.replaceAll('\n', ' \n\n\n')}\n `,
  (text) => text.normalize('NFD').replaceAll(' ', '\u00a0'),
  (text) => asHtml(text).replaceAll('\n', '<br>'),
  (text) => `<html-blob>${asHtml(text).replaceAll('\n', '<BR />')}</html-blob>`,
  (text) => `<p>${asHtml(text).replaceAll('\n', '</p><p class="x">')}</p>`,
  (text) => `<b>${asHtml(text).replaceAll(' ', '&nbsp;')}</b>`,
  (text) =>
    [...text]
      .map((character) => `&#x${character.codePointAt(0)?.toString(16)};`)
      .join('')
      .replaceAll('&#xa;', '\n'),
);

const anySecond = fc.integer({ min: Date.UTC(2025, 0) / 1000, max: Date.UTC(2031, 0) / 1000 });

/** Half of them within hours of a change of the clocks, where there is one. */
const anyStart = fc
  .record({ zone: anyZone, second: anySecond, near: fc.boolean(), minutes: fc.integer({ min: -180, max: 180 }) })
  .map(({ zone, second, near, minutes }) => {
    const time = Temporal.Instant.fromEpochMilliseconds(second * 1000).toZonedDateTimeISO(zone);
    const change = near ? time.getTimeZoneTransition('next') : null;
    return change === null ? time : change.add({ minutes });
  });

const anyTimes: fc.Arbitrary<Times> = fc
  .record({ start: anyStart, minutes: fc.integer({ min: 1, max: 5 * 24 * 60 }), allDay: fc.boolean() })
  .map(({ start, minutes, allDay }) => {
    const written = (time: Temporal.ZonedDateTime) => time.toString({ timeZoneName: 'never' });
    const date = start.toPlainDate();
    const days = Math.ceil(minutes / (24 * 60));
    return allDay
      ? { allDay, start: date.toString(), end: date.add({ days }).toString(), timeZone: start.timeZoneId }
      : { allDay, start: written(start), end: written(start.add({ minutes })), timeZone: start.timeZoneId };
  });

export const anyFields: fc.Arbitrary<OwnedFields> = fc
  .record({ times: anyTimes, title: anyText, location: fc.option(anyText), notes: fc.option(anyText) })
  .map(({ times, title, location, notes }) => ({
    ...times,
    title,
    ...(location !== null && { location }),
    ...(notes !== null && { notes }),
  }));

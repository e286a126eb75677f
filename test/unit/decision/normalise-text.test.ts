import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { linesOf, normaliseText } from '../../../shared/decision/normalise-text.ts';
import { anyRewrite, anyText } from './any-fields.ts';

const plain = 'Fade & beard\nBring < 5 "cards"';

describe('[R4] what Google or its editor rewrites is no difference', () => {
  test.each([
    ['line breaks as tags', 'Fade &amp; beard<br>Bring &lt; 5 &quot;cards&quot;'],
    ['paragraphs', '<p>Fade &amp; beard</p><p dir="ltr">Bring &lt; 5 &#34;cards&#x22;</p>'],
    ['a list', '<ul>\n  <li>Fade &amp; beard</li>\n  <li>Bring &lt; 5 "cards"</li>\n</ul>'],
    ['a blob', '<html-blob><u></u>Fade &amp; beard<BR/>Bring &lt; 5 "cards"<u></u></html-blob>'],
    [
      'emphasis and links',
      '<b>Fade</b> &amp; <a href="https://x.example/?a=1&amp;b=2">beard</a><br />Bring < 5 "cards"',
    ],
    ['other line ends', 'Fade & beard\r\nBring < 5 "cards"\r'],
    ['blank lines and spaces at the ends', '\n\n  Fade & beard \t\n \n\n\nBring < 5 "cards"\n'],
    ['quotes by name', 'Fade & beard\nBring < 5 &quot;cards&QUOT;'],
    ['hard spaces', 'Fade\u00a0& beard\nBring&nbsp;<&#160;5 "cards"&NBSP;'],
  ])('%s', (_, rewritten) => {
    expect(normaliseText(rewritten)).toBe(normaliseText(plain));
  });

  test('letters that are written in two ways', () => {
    expect(normaliseText('Cafe\u0301')).toBe(normaliseText('Café'));
    expect(normaliseText('Cafe&#769;')).toBe(normaliseText('Café'));
  });

  test('an apostrophe and the last character of Unicode, by name and by number', () => {
    expect(normaliseText('O&apos;Neil')).toBe("O'Neil");
    expect(normaliseText('a&#1114111;&#x10FFFF;')).toBe('a\u{10ffff}\u{10ffff}');
  });

  test('half a character, which UTF-8 cannot carry', () => {
    expect(normaliseText('a\ud83d')).toBe(normaliseText('a\ufffd'));
    expect(normaliseText('a&#xD83D;')).toBe(normaliseText('a\ufffd'));
  });

  test('any rewriting of any text', () => {
    fc.assert(
      fc.property(anyText, anyRewrite, (text, rewrite) => {
        expect(normaliseText(rewrite(text))).toBe(normaliseText(text));
      }),
    );
  });
});

describe('[R2] what a person writes is a difference', () => {
  test.each([
    ['a < b', 'a  b'],
    ['a < b', 'a & b'],
    ['a < b > c', 'a  c'],
    ['a<b', 'a'],
    ['Jane <jane@example.com>', 'Jane <john@example.com>'],
    ['a <- b', 'a - b'],
    ['<script>x</script>', 'x'],
    ['fish & chips', 'fish chips'],
    ['&copy; 5', '5'],
    ['&#1114112;', ''], // Beyond the last character of Unicode.
    ['&amp;lt;', '<'],
    ['one\ntwo', 'one two'],
    ['one<br>two', 'onetwo'],
    ['Fade', 'fade'],
    ['a b', 'ab'],
    ['1', '１'],
  ])('%j is not %j', (one, other) => {
    expect(normaliseText(one)).not.toBe(normaliseText(other));
  });

  test('another word is never lost among tags', () => {
    fc.assert(
      fc.property(anyText, anyRewrite, (text, rewrite) => {
        expect(normaliseText(rewrite(`${text}\nnew`))).not.toBe(normaliseText(text));
      }),
    );
  });
});

/** Pieces of markup, put together as nobody would. */
const anyScraps = fc
  .array(
    fc.constantFrom(
      ...'< > & ; / " = \\ # x & amp lt b br p a href 3 8 &#38; &#60; &amp; &lt; <b> </b> \u0338 \ud83d é'.split(' '),
      ' ',
      '\n',
      '\r',
    ),
    { maxLength: 40 },
  )
  .map((scraps) => scraps.join(''));

test('of each line that says something it is known where in the text it ends', () => {
  expect(linesOf('One<br>\n two \r\n')).toEqual([
    { text: 'One', end: 3 },
    { text: 'two', end: 13 },
  ]);
  expect(linesOf('One\n\ntwo')).toEqual([
    { text: 'One', end: 3 },
    { text: 'two', end: 8 },
  ]);
});

test('normalising once more changes nothing', () => {
  fc.assert(
    fc.property(fc.oneof(anyScraps, fc.string({ unit: 'binary' })), (text) => {
      const once = normaliseText(text);
      expect(normaliseText(once)).toBe(once);
    }),
    { numRuns: 2_000 },
  );
});

describe('[R11] the work is in proportion to the length', () => {
  const length = 400_000; // Work that grew with its square would take minutes.

  test.each([
    '<',
    '&',
    '<a ',
    '<a href="',
    '</',
    '<br',
    '&#',
    '&#x',
    '&amp',
    '&amp;',
    '<b>',
    '<br>',
    ' ',
    '\n',
    '\r',
    '< ',
    'x ',
    'a\u0338',
  ])('for nothing but %j', (piece) => {
    const startedAt = performance.now();
    normaliseText(piece.repeat(length / piece.length));
    normaliseText(`<a ${piece.repeat(length / piece.length)}`);
    expect(performance.now() - startedAt).toBeLessThan(3_000);
  });
});

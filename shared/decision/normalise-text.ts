/**
 * Text as it is compared: what Google or an editor rewrites is no difference, what a person writes is. Never to be shown:
 * `&` and `<` come out escaped, so that normalising once more changes nothing.
 */

/** Linear in the length of the text, whatever it holds: no part of it is read twice. */
export const normaliseText = (text: string): string =>
  linesOf(text)
    .map((line) => line.text)
    .join('\n');

/** The lines that say something, each normalised, and where in the text each of them ends. */
export const linesOf = (text: string): { text: string; end: number }[] => {
  const ends = [...text.matchAll(lineBreak), { index: text.length, 0: '' }];
  return ends
    .map(({ index }, nth) => ({ text: normaliseLine(text.slice(startAfter(ends[nth - 1]), index)), end: index }))
    .filter((line) => line.text !== '');
};

const startAfter = (lineEnd: { index: number; 0: string } | undefined): number =>
  lineEnd === undefined ? 0 : lineEnd.index + lineEnd[0].length;

/** Editors write NBSP where there were several spaces. Half a character does not survive UTF-8. */
const normaliseLine = (line: string): string =>
  line
    .replace(markup, readMarkup)
    .toWellFormed()
    .normalize('NFC')
    .replace(/\s/g, ' ')
    .trim()
    .replace(/[&<]/g, (character) => (character === '&' ? '&amp;' : '&lt;'));

/** A tag ends before the next `<`. */
const tag = (names: string): string => `</?(?:${names})(?:\\s[^<>]*|/)?>`;

/** Only what editors write is a tag: `Jane <jane@example.com>` is text. */
const lineBreak = new RegExp(`[\\r\\n]+|${tag('br|p|div|[uo]l|li|h[1-6]|hr|blockquote|pre|table|tr')}`, 'gi');
const inlineTag = tag('a|b|strong|i|em|u|s|strike|del|font|span|small|big|su[bp]|code|html-blob|t[dh]|tbody');
const markup = new RegExp(`${inlineTag}|&(?:#(\\d{1,7})|#x([\\da-f]{1,6})|(amp|lt|gt|quot|apos|nbsp));`, 'gi');

const readMarkup = (found: string, decimal?: string, hex?: string, name?: string): string => {
  if (name !== undefined) return characters[name.toLowerCase() as keyof typeof characters];
  if (decimal === undefined && hex === undefined) return '';
  const codePoint = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal);
  return codePoint <= 0x10ffff ? String.fromCodePoint(codePoint) : found;
};

const characters = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' };

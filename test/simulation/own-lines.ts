/**
 * Our own lines: below the notes of a booking, its event says how to reach the client and what it costs, as far as that is shared.
 * Stated here anew. Every value of them is used once, so that a line names the details that it is of.
 */
import type { Appointment, BookingDetails } from '../../shared/domain/appointment.ts';
import type { Shared } from '../../shared/domain/settings.ts';

const ownLine = /^(?:Contact: contact-\d+@example\.com|Price: \d+(?:\.\d\d)? (?:EUR|JPY))$/;

export const ownLinesOf = ({ clientContact, price }: BookingDetails, shared: Shared): string[] => [
  ...(shared.clientContact && clientContact !== undefined ? [`Contact: ${clientContact}`] : []),
  ...(shared.price && price !== undefined ? [`Price: ${amountOf(price)} ${price.currency}`] : []),
];

/** Yen have no hundredths. */
const amountOf = ({ amount, currency }: NonNullable<BookingDetails['price']>): string =>
  currency === 'JPY' ? `${amount}` : `${Math.floor(amount / 100)}.${String(amount % 100).padStart(2, '0')}`;

/** Text without the tags that Google's editor writes. */
export const plain = (text: string): string =>
  text
    .replaceAll(/<br\/?>/g, '\n')
    .replaceAll('&nbsp;', ' ')
    .trim();

/** Those that say something. */
export const linesOf = (text: unknown): string[] =>
  plain(String(text ?? ''))
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

const mayHaveSome = (text: string): boolean => text.includes('Contact: ') || text.includes('Price: ');

export const ownLinesIn = (text: unknown): string[] =>
  typeof text === 'string' && mayHaveSome(text) ? linesOf(text).filter((line) => ownLine.test(line)) : [];

/** The lines that it ends with: each of ours once, in our order. */
export const lastOwnLines = (text: unknown): string[] => {
  const lines = ownLinesIn(text).length === 0 ? [] : linesOf(text);
  const price = lines.length - (isOwn(lines.at(-1), 'Price') ? 1 : 0);
  return lines.slice(price - (isOwn(lines[price - 1], 'Contact') ? 1 : 0));
};
const isOwn = (line: string | undefined, name: string): boolean =>
  line?.startsWith(name) === true && ownLine.test(line);

/** What people have written of it; undefined when that is nothing. */
export const withoutOwnLines = (text: string): string | undefined => {
  const lines = linesOf(text);
  const theirs = mayHaveSome(text) ? lines.filter((line) => !ownLine.test(line)) : lines;
  return theirs.length === 0 ? undefined : theirs.join('\n');
};

export const endsWith = (lines: readonly string[], last: readonly string[]): boolean =>
  last.every((line, nth) => lines[lines.length - last.length + nth] === line);

export const isEqual = (some: readonly string[], others: readonly string[]): boolean =>
  some.length === others.length && endsWith(some, others);

export const namedIn = (title: string): string[] => title.match(/(?:service|client)-\d+/g) ?? [];

/** A title that is made of the details says what they are now, as far as that is shared. */
export const namesTooMuch = ({ fields, details = {} }: Appointment, shared: Shared): boolean => {
  const allowed = [shared.service && details.service, shared.clientName && details.clientName];
  return namedIn(fields.title).some((one) => !allowed.includes(one));
};

export type Lines = ReturnType<typeof openLines>;

/** Whose the lines below the notes of an event are: as we have last told them, or as a person in Google has left them. */
export const openLines = () => {
  /** By event. `isChanged`: a person has changed the description since. */
  const told = new Map<string, { lines: string[]; isChanged: boolean }>();
  /** By entity: lines of ours that a person has written into, or below. They are that person's words from then on. */
  const adopted = new Map<string, Set<string>>();

  return {
    /** We have written to the event; `was` and `is` are its descriptions. */
    told(eventId: string, was: unknown, is: unknown): void {
      if (was !== is) told.set(eventId, { lines: lastOwnLines(is), isChanged: false });
    },
    changed(entity: string, eventId: string, is: unknown): void {
      const { lines } = told.get(eventId) ?? { lines: [] };
      told.set(eventId, { lines, isChanged: true });
      const own = ownLinesIn(is);
      const theirs = endsWith(linesOf(is), lines) ? own.slice(0, own.length - lines.length) : own;
      if (theirs.length > 0) adopted.set(entity, new Set([...(adopted.get(entity) ?? []), ...theirs]));
    },
    /** Those in the notes of a booking that are nobody's words but ours. */
    takenForNotes: (entity: string, notes: string | undefined): string[] =>
      ownLinesIn(notes).filter((line) => !adopted.get(entity)?.has(line)),
    /** Whether a person has taken these away, or written into them. */
    areChanged: (eventId: string, lines: readonly string[]): boolean => {
      const last = told.get(eventId);
      return last?.isChanged === true && isEqual(last.lines, lines);
    },
  };
};

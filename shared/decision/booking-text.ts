/** What a booking's event says of its details: only what its owner shares. The footer is ours, the notes are written by people. */
import type { BookingDetails } from '../domain/appointment.ts';
import { longestNotes, longestTitle } from '../domain/appointment.ts';
import type { Shared } from '../domain/settings.ts';
import { linesOf } from './normalise-text.ts';
import { cut } from './translate.ts';

/** The title of a booking that Google is told nothing of. */
export const placeholderTitle = 'Booked';

type InTitle = Pick<Shared, 'service' | 'clientName'>;

/** The title of a booking that has none of its own. */
export const titleOf = (details: BookingDetails | undefined, shared: InTitle): string => {
  const { service, clientName } = details ?? {};
  const parts = [shared.service && service?.trim(), shared.clientName && clientName?.trim()];
  return cut(parts.filter(Boolean).join(' – ') || placeholderTitle, longestTitle);
};

export const footerOf = (details: BookingDetails | undefined, shared: Shared): string => {
  const { clientContact, price } = details ?? {};
  const contact = shared.clientContact && clientContact?.trim();
  return [contact && `Contact: ${contact}`, shared.price && price && `Price: ${priceText(price)}`]
    .filter(Boolean)
    .join('\n');
};

/** The number of decimals depends on the currency: 35.00 EUR, 3500 JPY. */
const priceText = ({ amount, currency }: NonNullable<BookingDetails['price']>): string => {
  const { maximumFractionDigits = 2 } = new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions();
  return `${(amount / 10 ** maximumFractionDigits).toFixed(maximumFractionDigits)} ${currency}`;
};

/** Without room for both, the footer is left out: notes are read back, and must not come back cut. */
export const withFooter = (notes: string | undefined, footer: string): string => {
  const description = [notes, footer].filter(Boolean).join('\n\n');
  return description.length <= longestNotes ? description : (notes ?? '');
};

/** The notes of a description. Unless its last lines are just ours, all of it is: nothing a person wrote is lost [R2]. */
export const withoutFooter = (description: string | undefined, footer: string): string | undefined => {
  const lines = linesOf(description ?? '');
  const ours = linesOf(footer);
  const start = lines.length - ours.length;
  const isOurs = ours.length > 0 && ours.every(({ text }, nth) => text === lines[start + nth]?.text);
  return isOurs ? description?.slice(0, lines[start - 1]?.end ?? 0) || undefined : description;
};

export const withoutOneOf = (description: string | undefined, footers: string[]): string | undefined => {
  const told = footerIn(description, footers);
  return told === undefined ? description : withoutFooter(description, told);
};

/** At most one of these ends it; if two fit, the longer one: a person may have written something alike above it. */
export const footerIn = (description: string | undefined, footers: string[]): string | undefined => {
  const longestFirst = footers.toSorted((a, b) => b.length - a.length);
  return longestFirst.find((footer) => withoutFooter(description, footer) !== description);
};

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { footerOf, titleOf, withFooter, withoutFooter, withoutOneOf } from '../../../shared/decision/booking-text.ts';
import { normaliseText } from '../../../shared/decision/normalise-text.ts';
import type { BookingDetails } from '../../../shared/domain/appointment.ts';
import { defaultSettings, type Shared } from '../../../shared/domain/settings.ts';
import { anyRewrite, anyText } from './any-fields.ts';

const details: BookingDetails = {
  service: 'Haircut',
  clientName: 'Jane Doe',
  clientContact: '+1 555 0100',
  price: { amount: 3500, currency: 'EUR' },
};
const sharing = (...parts: (keyof Shared)[]): Shared => ({
  service: parts.includes('service'),
  clientName: parts.includes('clientName'),
  clientContact: parts.includes('clientContact'),
  price: parts.includes('price'),
  location: parts.includes('location'),
  notes: parts.includes('notes'),
});
const everything = sharing('service', 'clientName', 'clientContact', 'price');

describe('the title', () => {
  test.each([
    ['Haircut – Jane Doe', details, sharing('service', 'clientName')],
    ['Haircut', details, sharing('service')],
    ['Jane Doe', details, sharing('clientName')],
    ['Booked', details, sharing('clientContact', 'price')],
    ['Booked', undefined, everything],
    ['Jane Doe', { clientName: ' Jane Doe ', service: ' ' }, everything],
  ])('is "%s"', (title, known, shared) => {
    expect(titleOf(known, shared)).toBe(title);
  });

  test('is no longer than Google keeps', () => {
    expect(titleOf({ service: 's'.repeat(900), clientName: 'c'.repeat(900) }, everything)).toHaveLength(1_024);
  });
});

describe('the footer', () => {
  test.each([
    ['Contact: +1 555 0100\nPrice: 35.00 EUR', details, everything],
    ['Contact: +1 555 0100', details, sharing('clientContact')],
    ['Price: 35.00 EUR', details, sharing('price')],
    ['', { clientContact: ' ' }, everything],
    ['', undefined, everything],
  ])('is %j', (footer, known, shared) => {
    expect(footerOf(known, shared)).toBe(footer);
  });

  test.each([
    ['Price: 3500 JPY', 3500, 'JPY'],
    ['Price: 3.500 KWD', 3500, 'KWD'],
    ['Price: 0.00 USD', 0, 'USD'],
    ['Price: 0.05 USD', 5, 'USD'],
    ['Price: 90071992547409.91 USD', Number.MAX_SAFE_INTEGER, 'USD'],
  ])('has as many digits as the currency: %s', (footer, amount, currency) => {
    expect(footerOf({ price: { amount, currency } }, everything)).toBe(footer);
  });

  test('[R15] by default tells Google neither contact nor price', () => {
    expect(footerOf(details, defaultSettings.shared)).toBe('');
    expect(titleOf(details, defaultSettings.shared)).not.toMatch(/555|35/);
  });
});

describe('the description', () => {
  const footer = footerOf(details, everything);

  test('is the notes, a blank line and the footer', () => {
    expect(withFooter('Bring card', footer)).toBe('Bring card\n\nContact: +1 555 0100\nPrice: 35.00 EUR');
    expect(withFooter(undefined, footer)).toBe(footer);
    expect(withFooter('Bring card', '')).toBe('Bring card');
    expect(withFooter(undefined, '')).toBe('');
  });

  test('[R2] is the notes alone where both would be longer than is read back', () => {
    const notes = 'n'.repeat(8_192 - footer.length - 2);
    expect(withFooter(notes, footer)).toHaveLength(8_192);
    expect(withFooter(`${notes}n`, footer)).toBe(`${notes}n`);
    expect(withFooter(undefined, 'f'.repeat(8_193))).toBe('');
  });

  test('gives back the notes, as they are written', () => {
    expect(withoutFooter('<b>Bring</b> card<br><br>Contact: +1 555 0100<br>Price: 35.00 EUR<br>', footer)).toBe(
      '<b>Bring</b> card',
    );
    expect(withoutFooter(footer, footer)).toBeUndefined();
    expect(withoutFooter(undefined, footer)).toBeUndefined();
    expect(withoutFooter('Bring card\n', '')).toBe('Bring card\n');
  });

  test.each([
    ['has another contact', 'Bring card\n\nContact: +1 555 0199\nPrice: 35.00 EUR'],
    ['has more below', 'Bring card\n\nContact: +1 555 0100\nPrice: 35.00 EUR\nPaid'],
    ['has more in between', 'Contact: +1 555 0100\nLoyal\nPrice: 35.00 EUR'],
    ['has less', 'Bring card\n\nPrice: 35.00 EUR'],
    ['is only part of ours', 'Price: 35.00 EUR'],
    ['goes on in the same line', 'Bring card Contact: +1 555 0100\nPrice: 35.00 EUR'],
    ['has no footer', 'Bring card'],
  ])('[R2] that %s is notes, all of it', (_, description) => {
    expect(withoutFooter(description, footer)).toBe(description);
  });

  const anyFooter = fc.oneof(fc.constant(footer), fc.constant(''), anyText);

  test('that was only rewritten gives back the same notes', () => {
    fc.assert(
      fc.property(anyText, anyFooter, anyRewrite, (notes, ours, rewrite) => {
        const back = withoutFooter(rewrite(withFooter(notes, ours)), ours);
        expect(normaliseText(back ?? '')).toBe(normaliseText(notes));
      }),
    );
  });

  test('takes no more than the footer from notes that end like it', () => {
    expect(withoutFooter(withFooter(footer, footer), footer)).toBe(footer);
  });
});

describe('[R2] of several footers that a description may end with', () => {
  test.each([
    ['none is there', 'Bring card', ['Price: 35.00 EUR'], 'Bring card'],
    ['one is there', 'Bring card\n\nPrice: 35.00 EUR', ['Price: 40.00 EUR', 'Price: 35.00 EUR', ''], 'Bring card'],
    ['nothing but one is there', 'Price: 35.00 EUR', ['Price: 35.00 EUR'], undefined],
    [
      'the notes end alike',
      'Price: 35.00 EUR\n\nPrice: 35.00 EUR',
      ['Price: 35.00 EUR', 'Price: 35.00 EUR'],
      'Price: 35.00 EUR',
    ],
    [
      'one is the end of another',
      'Hi\n\nContact: Jo\nPrice: 1.00 EUR',
      ['Price: 1.00 EUR', 'Contact: Jo\nPrice: 1.00 EUR'],
      'Hi',
    ],
  ])('when %s', (_, description, footers, notes) => {
    expect(withoutOneOf(description, footers)).toBe(notes);
  });
});

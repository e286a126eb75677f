/** What bookings are about: services, clients and prices, as people give them and change them. */
import type { Removable } from '../../../shared/bookings/booking-request.ts';
import type { BookingDetails } from '../../../shared/domain/appointment.ts';
import type { Operation } from '../operations.ts';
import type { Hand } from './hand.ts';

export const detailsOf = ({ sim, text }: Hand) => {
  const { random } = sim;
  const drawn = (label: string, { nth }: Operation, share: number): boolean => random.at(label, nth) < share;
  const valuesOf = (operation: Operation) => ({
    service: text('service', operation),
    clientName: text('client', operation),
    clientContact: `${text('contact', operation)}@example.com`,
    price: { amount: 1_000 + operation.nth, currency: drawn('in yen', operation, 0.3) ? 'JPY' : 'EUR' },
  });

  return {
    /** Some with a title and notes of their own, and some without. */
    booked: (operation: Operation) => {
      const values = Object.entries(valuesOf(operation));
      return {
        ...(drawn('titled', operation, 0.6) && { title: text('title', operation) }),
        text: drawn('noted', operation, 0.5) ? { notes: text('notes', operation) } : {},
        details: Object.fromEntries(values.filter(([name]) => drawn(`with ${name}`, operation, 0.7))),
      };
    },
    /** One of them is changed or taken away, as a rule one that our own lines tell. */
    changed: (operation: Operation): Removable<BookingDetails> => {
      const names = ['price', 'price', 'clientContact', 'clientContact', 'service', 'clientName'] as const;
      const name = names[Math.floor(random.at('detail', operation.nth) * names.length)] ?? 'price';
      return { [name]: drawn('detail taken away', operation, 0.2) ? null : valuesOf(operation)[name] };
    },
  };
};

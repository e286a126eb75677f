/** Every appointment of a user, page by page, from the table itself: an index may not show yet what has just been written. */
import type { Appointment } from '../domain/appointment.ts';
import type { AppointmentLister } from '../ports.ts';
import { keys, prefixes } from './keys.ts';
import { fromItem, queryPage, type Table } from './table.ts';

export const appointmentLister = (table: Table): AppointmentLister => ({
  async listOf(userId, { limit, after }) {
    const startKey = after === undefined ? undefined : keys.appointment(userId, after);
    const prefix = prefixes.appointments(userId);
    const { Items = [], LastEvaluatedKey } = await queryPage(table, prefix, { limit, startKey });
    const items = Items.map(fromItem<Appointment>);
    const last = items.at(-1);
    return LastEvaluatedKey && last ? { items, after: last.id } : { items };
  },
});

/**
 * Appointments: one item each, written whole, on the condition that it is as it was read. What changes with one (the days
 * that a booking takes, a review item) is written in the same transaction.
 */
import { PutCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import type { Appointment } from '../domain/appointment.ts';
import type {
  AgendaReader,
  AppointmentLister,
  AppointmentStore,
  DayReader,
  PendingReader,
  WrittenBeside,
} from '../ports.ts';
import { agendaKeysOf, agendaReader } from './agenda.ts';
import { appointmentLister } from './all-appointments.ts';
import { conflictPut } from './conflicts.ts';
import { dayReader, dayWrites } from './days.ts';
import { keys } from './keys.ts';
import { dayChanges } from './occupied-days.ts';
import { pendingKeysOf, pendingReader } from './pending.ts';
import { revisionedPut, unlessLost } from './revisioned-put.ts';
import { fromItem, readAll, type Table, toItem } from './table.ts';

type Appointments = AppointmentStore & AppointmentLister & AgendaReader & DayReader & PendingReader;

export const appointmentStore = (table: Table): Appointments => ({
  async loadMany(userId, ids) {
    const items = await readAll(
      table,
      ids.map((id) => keys.appointment(userId, id)),
    );
    return items.map(fromItem<Appointment>);
  },

  async save(next, beside = {}) {
    const put = appointmentPut(table, next);
    const others = writesBeside(table, next, beside);
    if (others.length === 0) return unlessLost(table.client.send(new PutCommand(put)));
    return unlessLost(table.client.send(new TransactWriteCommand({ TransactItems: [{ Put: put }, ...others] })));
  },

  ...appointmentLister(table),
  ...agendaReader(table),
  ...dayReader(table),
  ...pendingReader(table),
});

const appointmentPut = (table: Table, appointment: Appointment) => {
  const { userId, id, revision } = appointment;
  const indexed = { ...agendaKeysOf(appointment), ...pendingKeysOf(appointment) };
  return revisionedPut(table, toItem(keys.appointment(userId, id), appointment, indexed), revision);
};

const writesBeside = (table: Table, next: Appointment, { before, conflict, days = [] }: WrittenBeside) => [
  ...dayWrites(table, next, dayChanges(before, next), days),
  ...(conflict ? [{ Put: conflictPut(table, conflict) }] : []),
];

/** The table of a running stack, for what its API does not show. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { clientDefaults } from '../../infra/local/aws/place.ts';
import type { Appointment } from '../../shared/domain/appointment.ts';
import { calendarKeyOf } from '../../shared/domain/derived-ids.ts';
import { asId, type CalendarKey } from '../../shared/domain/ids.ts';
import type { SyncEvent } from '../../shared/domain/sync-event.ts';
import { calendarStore } from '../../shared/store/calendars.ts';
import { toUpdate } from '../../shared/store/item-update.ts';
import { type Key, keys, logKey } from '../../shared/store/keys.ts';
import { fromStored, type StoredEvent } from '../../shared/store/stored-event.ts';
import { dynamoTable, fromItem, queryAll } from '../../shared/store/table.ts';
import type { TestSession } from './local-session.ts';
import { at } from './samples.ts';

export type SessionTable = {
  appointmentsOf(user: string): Promise<Appointment[]>;
  /** Of each appointment its entries, the oldest first. */
  logOf(user: string): Promise<Map<string, SyncEvent[]>>;
  /** Behind everybody's back, as if time had gone by: of the user's own calendar, which is due afterwards; fields by their path. */
  overwriteCalendar(user: string, set: Record<string, unknown>): Promise<void>;
  /** Behind everybody's back, as if something had gone wrong. */
  overwriteAppointment(user: string, id: string, set: Record<string, unknown>): Promise<void>;
  stop(): void;
};

export const openTable = ({ stack }: TestSession): SessionTable => {
  const client = new DynamoDBClient({ ...clientDefaults, endpoint: stack.endpoints.dynamodb });
  const table = dynamoTable(client, stack.outputs.TableName ?? '');
  const overwrite = async (key: Key, set: Record<string, unknown>) => {
    const update = toUpdate({ key, set, expect: {} });
    await table.client.send(new UpdateCommand({ TableName: table.name, ...update }));
  };
  return {
    appointmentsOf: async (user) =>
      (await queryAll(table, { pk: `USER#${user}`, sk: 'APPOINTMENT#' })).map(fromItem<Appointment>),
    logOf: async (user) => {
      const entries = (await queryAll(table, logKey(asId(user), ''))).map((item) =>
        fromStored(fromItem<StoredEvent>(item)),
      );
      return Map.groupBy(
        entries.sort((a, b) => a.version - b.version),
        ({ appointmentId }) => appointmentId,
      );
    },
    async overwriteCalendar(user, set) {
      const key = ownCalendarOf(user);
      await overwrite(keys.calendar(key), set);
      await calendarStore(table).postpone(key, at('2026-01-01'));
    },
    overwriteAppointment: (user, id, set) => overwrite(keys.appointment(asId(user), asId(id)), set),
    stop: () => client.destroy(),
  };
};

const ownCalendarOf = (user: string): CalendarKey => {
  const email = `${user}@example.com`;
  return calendarKeyOf(asId(user), email, asId(email));
};

/** The table of a running stack, for what its API does not show. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { clientDefaults } from '../../infra/local/aws/place.ts';
import type { Appointment } from '../../shared/domain/appointment.ts';
import { asId } from '../../shared/domain/ids.ts';
import type { SyncEvent } from '../../shared/domain/sync-event.ts';
import { logKey } from '../../shared/store/keys.ts';
import { dynamoTable, fromItem, queryAll } from '../../shared/store/table.ts';
import type { TestSession } from './local-session.ts';

export type SessionTable = {
  appointmentsOf(user: string): Promise<Appointment[]>;
  /** Of each appointment its entries, the oldest first. */
  logOf(user: string): Promise<Map<string, SyncEvent[]>>;
  stop(): void;
};

export const openTable = ({ stack }: TestSession): SessionTable => {
  const client = new DynamoDBClient({ ...clientDefaults, endpoint: stack.endpoints.dynamodb });
  const table = dynamoTable(client, stack.outputs.TableName ?? '');
  return {
    appointmentsOf: async (user) =>
      (await queryAll(table, { pk: `USER#${user}`, sk: 'APPOINTMENT#' })).map(fromItem<Appointment>),
    logOf: async (user) => {
      const entries = (await queryAll(table, logKey(asId(user), ''))).map(fromItem<SyncEvent>);
      return Map.groupBy(
        entries.sort((a, b) => a.version - b.version),
        ({ appointmentId }) => appointmentId,
      );
    },
    stop: () => client.destroy(),
  };
};

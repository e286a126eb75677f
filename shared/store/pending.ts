/** Appointments that Google must still hear of, by the calendar that they go to and the time of their next try. */
import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { Appointment } from '../domain/appointment.ts';
import type { PendingReader } from '../ports.ts';
import { appointmentAt, indexKeys, type Key, pendingPartition } from './keys.ts';
import type { Table } from './table.ts';

/** An appointment that Google need not hear of is not in the index. */
export const pendingKeysOf = ({ id, sync }: Appointment) =>
  sync.state === 'pending' ? indexKeys.pending(sync.target.calendarKey, sync.notBefore, id) : {};

export const pendingReader = (table: Table): PendingReader => ({
  async listPending(key, now, limit) {
    const { Items = [] } = await table.client.send(
      new QueryCommand({
        TableName: table.name,
        IndexName: 'pending',
        KeyConditionExpression: 'pendingPartition = :target AND pendingNotBefore < :behind',
        ExpressionAttributeValues: {
          ':target': pendingPartition(key),
          ':behind': `${now}$`, // "$" follows "#" in order: every id at this very moment comes before it.
        },
        Limit: limit,
      }),
    );
    return Items.map((item) => appointmentAt(item as Key));
  },
});

/** Every appointment of a user, page by page, from the table itself: an index may not show yet what has just been written. */
import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { Appointment } from '../domain/appointment.ts';
import type { AppointmentLister } from '../sync/ports.ts';
import { keys, prefixes } from './keys.ts';
import { fromItem, type Table } from './table.ts';

export const appointmentLister = (table: Table): AppointmentLister => ({
  async listOf(userId, { limit, after }) {
    const { pk, sk } = prefixes.appointments(userId);
    const { Items = [], LastEvaluatedKey } = await table.client.send(
      new QueryCommand({
        TableName: table.name,
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
        ExpressionAttributeValues: { ':pk': pk, ':prefix': sk },
        ConsistentRead: true,
        Limit: limit,
        ...(after !== undefined && { ExclusiveStartKey: keys.appointment(userId, after) }),
      }),
    );
    const items = Items.map(fromItem<Appointment>);
    const last = items.at(-1);
    return LastEvaluatedKey && last ? { items, after: last.id } : { items };
  },
});

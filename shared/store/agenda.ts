/** Appointments by start, page by page. */
import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { Appointment } from '../domain/appointment.ts';
import { day, epochMsOf, plusMs } from '../domain/instant.ts';
import type { AgendaReader, AgendaRequest } from '../ports.ts';
import { type AgendaSpan, agendaPartition, agendaPosition, indexKeys } from './keys.ts';
import { fromItem, type Item, type Table } from './table.ts';

const longestOfDaysMs = 7 * day;
const itemsPerQuery = 100;
const queriesAtMost = 500;

export const agendaReader = (table: Table): AgendaReader => ({
  async list(request) {
    const { from, limit, includeCancelled, after } = request;
    const spans: [AgendaSpan, string][] = [
      ['DAYS', after ?? plusMs(from, -longestOfDaysMs)],
      ['LONG', after ?? beginning],
    ];
    if (includeCancelled) spans.push(['CANCELLED', after ?? beginning]);
    const found = await Promise.all(spans.map(([span, start]) => listSpan(table, request, { span, start })));
    const merged = found.flat().sort((a, b) => (positionOf(a) < positionOf(b) ? -1 : 1));
    const items = merged.slice(0, limit);
    const last = items.at(-1);
    return merged.length > limit && last ? { items, after: positionOf(last) } : { items };
  },
});

/** Before every position. */
const beginning = '0';

export const agendaKeysOf = (appointment: Appointment) =>
  indexKeys.agenda(appointment.userId, spanOf(appointment), appointment.startsAt, appointment.id);

const spanOf = ({ status, startsAt, endsAt }: Appointment): AgendaSpan => {
  if (status === 'cancelled') return 'CANCELLED';
  return epochMsOf(endsAt) - epochMsOf(startsAt) > longestOfDaysMs ? 'LONG' : 'DAYS';
};

const positionOf = ({ startsAt, id }: Appointment): string => agendaPosition(startsAt, id);

/** One more than `limit`, if there are that many, which tells whether a page follows. Throws when absurdly many lie before them. */
const listSpan = async (
  table: Table,
  { userId, from, to, limit }: AgendaRequest,
  { span, start }: { span: AgendaSpan; start: string },
): Promise<Appointment[]> => {
  const found: Appointment[] = [];
  let startKey: Item | undefined;
  for (let query = 1; query <= queriesAtMost; query++) {
    const { Items = [], LastEvaluatedKey } = await table.client.send(
      new QueryCommand({
        TableName: table.name,
        IndexName: 'agenda',
        KeyConditionExpression: 'agendaPartition = :partition AND agendaStart BETWEEN :start AND :to',
        ExpressionAttributeValues: {
          ':partition': agendaPartition(userId, span),
          ':start': `${start}\u0001`, // Just behind that position, before any other.
          ':to': to,
        },
        Limit: Math.max(limit + 1, itemsPerQuery),
        ...(startKey && { ExclusiveStartKey: startKey }),
      }),
    );
    found.push(...Items.map(fromItem<Appointment>).filter(({ startsAt, endsAt }) => endsAt > from && startsAt < to));
    if (LastEvaluatedKey === undefined || found.length > limit) return found;
    startKey = LastEvaluatedKey;
  }
  throw new Error(`More than ${queriesAtMost} queries for one page of an agenda`);
};

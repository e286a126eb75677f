import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { expect, test } from 'vitest';
import { agendaReader } from '../../../shared/store/agenda.ts';
import type { Table } from '../../../shared/store/table.ts';
import { now, userId } from '../../support/samples.ts';

test('[R11] a query that finds nothing and never ends is given up', async () => {
  let queries = 0;
  const send = async (command: unknown) => {
    if (command instanceof QueryCommand) queries += 1;
    return { Items: [], LastEvaluatedKey: { pk: 'more' } };
  };
  const agenda = agendaReader({ client: { send } as unknown as Table['client'], name: 'table' });
  const reading = agenda.list({ userId, from: now, to: now, limit: 10, includeCancelled: false });
  await expect(reading).rejects.toThrow('queries for one page of an agenda');
  expect(queries).toBeLessThanOrEqual(1_000); // Of two spans.
});

/** A real DynamoDB engine with tables of the synthesised template, and fresh stores on them. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { stageConfig } from '../../infra/config.ts';
import { startDynamoDb } from '../../infra/local/aws/dynamodb-engine.ts';
import { clientDefaults } from '../../infra/local/aws/place.ts';
import { createTable } from '../../infra/local/aws/tables.ts';
import { readAssembly } from '../../infra/local/template/assembly.ts';
import type { JsonRecord } from '../../infra/local/template/json.ts';
import { synthesise } from '../../infra/synth.ts';
import { appointmentStore } from '../../shared/store/appointments.ts';
import { calendarStore } from '../../shared/store/calendars.ts';
import { channelStore } from '../../shared/store/channels.ts';
import { conflictStore } from '../../shared/store/conflicts.ts';
import { connectionStore } from '../../shared/store/connections.ts';
import { oauthStateStore } from '../../shared/store/oauth-states.ts';
import { quarantineStore } from '../../shared/store/quarantine.ts';
import { seenStore } from '../../shared/store/seen-events.ts';
import { dynamoTable, type Table } from '../../shared/store/table.ts';
import type { Stores } from './memory-store.ts';

export type Engine = { freshTable(): Promise<Table>; freshStores(): Promise<Stores>; stop(): Promise<void> };

/**
 * `start`: which engine; the one that `npm start` would take, unless told otherwise. `streams`: the engine keeps a record of
 * every write, which takes it longer than the write.
 */
export const startEngine = async (start = startDynamoDb, { streams = true } = {}): Promise<Engine> => {
  const [engine, all] = await Promise.all([start(), tableProperties()]);
  const wanted = Object.entries(all).filter(([name]) => streams || name !== 'StreamSpecification');
  const properties = Object.fromEntries(wanted);
  const client = new DynamoDBClient({ ...clientDefaults, endpoint: engine.endpoint });
  let tables = 0;
  const freshTable = async () => {
    const name = `table-${++tables}`;
    await createTable(engine.endpoint, name, properties);
    return dynamoTable(client, name);
  };
  return {
    freshTable,
    async freshStores() {
      const table = await freshTable();
      return {
        appointments: appointmentStore(table),
        calendars: calendarStore(table),
        channels: channelStore(table),
        conflicts: conflictStore(table),
        connections: connectionStore(table),
        quarantine: quarantineStore(table),
        seen: seenStore(table),
        states: oauthStateStore(table),
      };
    },
    async stop() {
      client.destroy();
      await engine.stop();
    },
  };
};

const tableProperties = async (): Promise<JsonRecord> => {
  const outdir = await mkdtemp(join(tmpdir(), 'calendar-sync-'));
  try {
    synthesise({ config: stageConfig('local', {}), outdir });
    const { template } = await readAssembly(outdir);
    const table = Object.values(template.Resources).find(({ Type }) => Type === 'AWS::DynamoDB::GlobalTable');
    return table?.Properties as JsonRecord;
  } finally {
    await rm(outdir, { recursive: true, force: true });
  }
};

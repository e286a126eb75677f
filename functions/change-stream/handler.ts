/**
 * An appointment was written: write its sync event. A notification has brought a calendar forward: note the run. The
 * stream gives each write at least once, so each is logged once.
 */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { DynamoDBStreamEvent } from 'aws-lambda';
import { patient } from '../../shared/runtime/aws-clients.ts';
import { readConfig } from '../../shared/runtime/config.ts';
import { createCounter } from '../../shared/runtime/observability.ts';
import { appendToLog } from '../../shared/store/sync-events.ts';
import { dynamoTable } from '../../shared/store/table.ts';
import { project } from './project.ts';

const config = readConfig(process.env, 'TABLE_NAME', 'AUDIT_RETENTION_DAYS', 'NOTIFICATION_RETENTION_DAYS');
const count = createCounter();
const table = dynamoTable(new DynamoDBClient(patient), config.TABLE_NAME);
const retention = { auditDays: config.AUDIT_RETENTION_DAYS, notificationDays: config.NOTIFICATION_RETENTION_DAYS };

/** A failure is thrown: Lambda retries the batch, halves it, and sends what stays bad to the failure queue. */
export const handler = async (event: DynamoDBStreamEvent): Promise<void> => {
  const records = project(event.Records);
  await appendToLog(table, records, retention);
  count('SyncEventWritten', records.syncEvents.length);
};

/**
 * An appointment was written: write its sync event, and when Google must hear of it, hint its calendar. A notification
 * has brought a calendar forward: note the run. A conflict has opened: count it. The stream gives each write at least once, and all of this bears that.
 */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { Context, DynamoDBStreamEvent } from 'aws-lambda';
import pMap from 'p-map';
import { sqsSyncQueue } from '../../shared/queue/sync-queue.ts';
import { patient } from '../../shared/runtime/aws-clients.ts';
import { readConfig } from '../../shared/runtime/config.ts';
import { createEmitter, createLog } from '../../shared/runtime/observability.ts';
import { appendToLog } from '../../shared/store/sync-events.ts';
import { dynamoTable } from '../../shared/store/table.ts';
import { project } from './project.ts';

const config = readConfig(
  process.env,
  'TABLE_NAME',
  'SYNC_QUEUE_URL',
  'AUDIT_RETENTION_DAYS',
  'NOTIFICATION_RETENTION_DAYS',
);
const log = createLog();
const emit = createEmitter();
const table = dynamoTable(new DynamoDBClient(patient), config.TABLE_NAME);
const queue = sqsSyncQueue(new SQSClient(patient), config.SYNC_QUEUE_URL);
const retention = { auditDays: config.AUDIT_RETENTION_DAYS, notificationDays: config.NOTIFICATION_RETENTION_DAYS };

const hintsAtOnce = 10;

/**
 * A failure is thrown: Lambda retries the batch, halves it, and sends what stays bad to the failure queue. What is thrown
 * says nothing, because Lambda writes all of it into the log, and the error itself may quote an appointment.
 */
export const handler = async (event: DynamoDBStreamEvent, context: Context): Promise<void> => {
  log.begin(context);
  try {
    await workOff(event);
  } catch (error) {
    log.error('A batch of the stream failed', error, { count: event.Records.length });
    throw new Error('The line above says why');
  }
};

const workOff = async (event: DynamoDBStreamEvent): Promise<void> => {
  const { hints, conflictsOpened, ...records } = project(event.Records);
  await Promise.all([appendToLog(table, records, retention), pMap(hints, queue.send, { concurrency: hintsAtOnce })]);
  const written = records.syncEvents.length;
  emit({
    ...(written > 0 && { SyncEventWritten: written }),
    ...(conflictsOpened > 0 && { ConflictOpened: conflictsOpened }),
  });
};

/** Every few minutes: find the calendars that are due and have each synced, which also renews its channel. */
import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { asId, type ChainId } from '../../shared/domain/ids.ts';
import { instantAt } from '../../shared/domain/instant.ts';
import { sqsSyncQueue } from '../../shared/queue/sync-queue.ts';
import { patient } from '../../shared/runtime/aws-clients.ts';
import { readConfig } from '../../shared/runtime/config.ts';
import { createCounter, createLog } from '../../shared/runtime/observability.ts';
import { calendarStore } from '../../shared/store/calendars.ts';
import { dynamoTable } from '../../shared/store/table.ts';
import { sweep } from '../../shared/sync/sweep.ts';

const config = readConfig(process.env, 'TABLE_NAME', 'SYNC_QUEUE_URL');
const log = createLog();
const count = createCounter();
const calendars = calendarStore(dynamoTable(new DynamoDBClient(patient), config.TABLE_NAME));
const queue = sqsSyncQueue(new SQSClient(patient), config.SYNC_QUEUE_URL);

export const handler = async (): Promise<void> => {
  log.info('Google Calendar webhook worker started');
  const round = { chainId: asId<ChainId>(randomUUID()), now: instantAt(Date.now()) };
  const { hints } = await sweep({ calendars, queue, random: Math.random }, round);
  count('HintSent', hints);
  log.info('Swept the calendars that are due', { count: hints });
};

/** Every few minutes: find the calendars that are due and have each synced, which also renews its channel. */
import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { Context } from 'aws-lambda';
import { asId, type ChainId } from '../../shared/domain/ids.ts';
import { instantAt, plusMs, second } from '../../shared/domain/instant.ts';
import { sqsSyncQueue } from '../../shared/queue/sync-queue.ts';
import { patient } from '../../shared/runtime/aws-clients.ts';
import { readConfig } from '../../shared/runtime/config.ts';
import { createEmitter, createLog } from '../../shared/runtime/observability.ts';
import { calendarStore } from '../../shared/store/calendars.ts';
import { dynamoTable } from '../../shared/store/table.ts';
import { sweep } from '../../shared/sync/sweep.ts';

const clock = () => instantAt(Date.now());
const config = readConfig(process.env, 'TABLE_NAME', 'SYNC_QUEUE_URL');
const log = createLog();
const emit = createEmitter();
const calendars = calendarStore(dynamoTable(new DynamoDBClient(patient), config.TABLE_NAME));
const queue = sqsSyncQueue(new SQSClient(patient), config.SYNC_QUEUE_URL);

/** What it takes to end the calls that are under way. */
const reserveMs = 10 * second;

export const handler = async (_: unknown, context: Context): Promise<void> => {
  log.info('Google Calendar webhook worker started');
  const until = plusMs(clock(), context.getRemainingTimeInMillis() - reserveMs);
  const round = { chainId: asId<ChainId>(randomUUID()), now: clock(), until };
  const { hints } = await sweep({ calendars, queue, clock, random: Math.random }, round);
  emit({ HintSent: hints });
  log.info('Swept the calendars that are due', { count: hints });
};

/** An appointment was written: write its sync event. The stream gives each write at least once, so each is logged once. */
import { type AttributeValue, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import type { Appointment } from '../../shared/domain/appointment.ts';
import { type SyncEvent, syncEventOf } from '../../shared/domain/sync-event.ts';
import { patient } from '../../shared/runtime/aws-clients.ts';
import { readConfig } from '../../shared/runtime/config.ts';
import { createCounter } from '../../shared/runtime/observability.ts';
import { syncLog } from '../../shared/store/sync-events.ts';
import { dynamoTable, fromItem } from '../../shared/store/table.ts';

const config = readConfig(process.env, 'TABLE_NAME');
const count = createCounter();
const events = syncLog(dynamoTable(new DynamoDBClient(patient), config.TABLE_NAME));

/** A failure is thrown: Lambda retries the batch, halves it, and sends what stays bad to the failure queue. */
export const handler = async (event: DynamoDBStreamEvent): Promise<void> => {
  const written = event.Records.map(toSyncEvent).filter((syncEvent) => syncEvent !== undefined);
  await events.append(written);
  count('SyncEventWritten', written.length);
};

const toSyncEvent = ({ dynamodb }: DynamoDBRecord): SyncEvent | undefined => {
  const before = readImage(dynamodb?.OldImage);
  const after = readImage(dynamodb?.NewImage);
  return after && syncEventOf(before, after);
};

const readImage = (image: NonNullable<DynamoDBRecord['dynamodb']>['NewImage']): Appointment | undefined =>
  image && fromItem<Appointment>(unmarshall(image as Record<string, AttributeValue>));

/** Shapes around stream records: what Lambda hands to the function, and what it writes to the failure destination. Pure. */

import { region } from '../aws/place.ts';
import type { JsonRecord } from '../template/json.ts';
import type { StreamRecord } from './stream-source.ts';

/** The SDK has dates and bytes where the event has epoch seconds and base64 text. */
export function streamEventRecord(record: StreamRecord, eventSourceARN: string): JsonRecord {
  const plain = JSON.parse(JSON.stringify({ ...record, awsRegion: region, eventSourceARN }, writeBytes)) as JsonRecord;
  const dynamodb = plain.dynamodb as JsonRecord;
  return { ...plain, dynamodb: { ...dynamodb, ApproximateCreationDateTime: arrivalOf(record).getTime() / 1_000 } };
}

function writeBytes(_key: string, value: unknown): unknown {
  return value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value;
}

export function sequenceNumberOf(record: StreamRecord): string {
  return record.dynamodb?.SequenceNumber ?? '';
}

export type GivenUpBatch = {
  requestId: string;
  functionArn: string;
  streamArn: string;
  shardId: string;
  records: StreamRecord[];
  invocations: number;
  now: Date;
};

/** Metadata only, as AWS sends it: where in the stream the given-up records lie, never the records themselves. */
export function failureMessage({ records, ...batch }: GivenUpBatch): JsonRecord {
  const [first = {}, last = first] = [records[0], records.at(-1)];
  return {
    requestContext: {
      requestId: batch.requestId,
      functionArn: batch.functionArn,
      condition: 'RetryAttemptsExhausted',
      approximateInvokeCount: batch.invocations,
    },
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
    version: '1.0',
    timestamp: batch.now.toISOString(),
    DDBStreamBatchInfo: {
      shardId: batch.shardId,
      startSequenceNumber: sequenceNumberOf(first),
      endSequenceNumber: sequenceNumberOf(last),
      approximateArrivalOfFirstRecord: arrivalOf(first).toISOString(),
      approximateArrivalOfLastRecord: arrivalOf(last).toISOString(),
      batchSize: records.length,
      streamArn: batch.streamArn,
    },
  };
}

function arrivalOf(record: StreamRecord): Date {
  return record.dynamodb?.ApproximateCreationDateTime ?? new Date(0);
}

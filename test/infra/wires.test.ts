/** Every wire between table, queue, schedule and function: cut one in CDK and a test here fails. */
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, test } from 'vitest';
import type { FunctionName } from '../../infra/build.ts';
import { functionPath, functionProperties } from './functions.ts';
import { arnAt, idAt, propertiesAt, propertiesOf, refAt, template } from './synthesised.ts';

describe('hint → sync-consumer', () => {
  const mapping = eventSourceOf('sync-consumer');

  test('[F31] takes ten hints at a time and reports each failed one by itself', () => {
    expect(mapping).toEqual({
      FunctionName: refAt(functionPath('sync-consumer')),
      EventSourceArn: arnAt('SyncQueue/Hints'),
      BatchSize: 10,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 20 },
    });
  });

  test("[R13] a hint stays hidden for six of the consumer's timeouts", () => {
    const { VisibilityTimeout } = propertiesAt('SyncQueue/Hints');
    expect(VisibilityTimeout).toBeGreaterThanOrEqual(6 * Number(functionProperties('sync-consumer').Timeout));
  });

  test('[F32] a hint received twelve times goes to the dead letters', () => {
    expect(propertiesAt('SyncQueue/Hints').RedrivePolicy).toEqual({
      deadLetterTargetArn: arnAt('SyncQueue/DeadLetters'),
      maxReceiveCount: 12,
    });
  });

  test('[R11] a listing that hints itself on is not cut off by loop detection', () => {
    expect(functionProperties('sync-consumer').RecursiveLoop).toBe('Allow');
  });
});

describe('queues', () => {
  test.each(['SyncQueue/Hints', 'SyncQueue/DeadLetters'])('[R10] %s orders and deduplicates by calendar', (path) => {
    expect(propertiesAt(path)).toMatchObject({
      FifoQueue: true,
      DeduplicationScope: 'messageGroup',
      FifoThroughputLimit: 'perMessageGroupId',
    });
  });

  test("[R6] deduplication ids are the sender's: a repeated body is no duplicate", () => {
    expect(propertiesAt('SyncQueue/Hints')).not.toHaveProperty('ContentBasedDeduplication');
  });

  test.each(['SyncQueue/DeadLetters', 'ChangeStream/Failures'])('what %s holds is kept for 14 days', (path) => {
    expect(propertiesAt(path).MessageRetentionPeriod).toBe(14 * 24 * 3600);
  });
});

describe('written appointment, notified calendar, new review item → change-stream', () => {
  const mapping = eventSourceOf('change-stream');

  test("[R12] reads the table's stream from its oldest record", () => {
    expect(mapping).toMatchObject({
      EventSourceArn: { 'Fn::GetAtt': [idAt('Data/Table'), 'StreamArn'] },
      StartingPosition: 'TRIM_HORIZON',
      BatchSize: 100,
    });
  });

  test('[R4] hears of appointments, of calendars once they were notified of, of new review items, and not of what it writes itself', () => {
    const { Filters } = mapping.FilterCriteria as { Filters: { Pattern: string }[] };
    expect(Filters.map(({ Pattern }) => JSON.parse(Pattern))).toEqual([
      { dynamodb: { Keys: { sk: { S: [{ prefix: 'APPOINTMENT#' }] } } } },
      {
        dynamodb: {
          Keys: { pk: { S: [{ prefix: 'CALENDAR#' }] }, sk: { S: ['STATE'] } },
          NewImage: { value: { M: { lastNotificationAt: { S: [{ exists: true }] } } } },
        },
      },
      { eventName: ['INSERT'], dynamodb: { Keys: { sk: { S: [{ prefix: 'CONFLICT#' }] } } } },
    ]);
  });

  test('[F43] a poison record is isolated, retried a little and put aside', () => {
    expect(mapping).toMatchObject({
      BisectBatchOnFunctionError: true,
      MaximumRetryAttempts: 3,
      DestinationConfig: { OnFailure: { Destination: arnAt('ChangeStream/Failures') } },
    });
  });

  test('[F43] a batch fails by an error: the function names no single records', () => {
    expect(mapping).not.toHaveProperty('FunctionResponseTypes');
  });
});

describe('schedule → renewal-worker', () => {
  test('[R7] sweeps every five minutes', () => {
    expect(propertiesAt('Renewal/Schedule')).toMatchObject({
      ScheduleExpression: 'rate(5 minutes)',
      State: 'ENABLED',
      Target: {
        Arn: arnAt(functionPath('renewal-worker')),
        RoleArn: arnAt('Renewal/Invoker'),
        RetryPolicy: { MaximumEventAgeInSeconds: 300, MaximumRetryAttempts: 2 },
      },
    });
  });

  test('[R11] a round that failed is not repeated: the next one finds what it has left', () => {
    expect(propertiesOf('AWS::Lambda::EventInvokeConfig')).toEqual([
      expect.objectContaining({
        FunctionName: refAt(functionPath('renewal-worker')),
        MaximumRetryAttempts: 0,
        MaximumEventAgeInSeconds: 300,
      }),
    ]);
  });
});

test('the outputs say where to look first', () => {
  expect(template.Outputs).toMatchObject({
    TableName: { Value: refAt('Data/Table') },
    QueueUrl: { Value: refAt('SyncQueue/Hints') },
    DeadLetterQueueUrl: { Value: refAt('SyncQueue/DeadLetters') },
    AlarmTopicArn: { Value: refAt('Alarms/AlarmTopic') },
    ApiUrl: { Value: { 'Fn::Join': ['', expect.arrayContaining([refAt('Api/Api'), '.execute-api.'])] } },
  });
});

function eventSourceOf(name: FunctionName): Record<string, unknown> {
  const mappings = propertiesOf('AWS::Lambda::EventSourceMapping');
  const mapping = mappings.find(({ FunctionName }) => isDeepStrictEqual(FunctionName, refAt(functionPath(name))));
  if (!mapping) throw new Error(`${name} has no event source`);
  return mapping;
}

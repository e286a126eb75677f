/** The local engines check no permissions, so every grant is written down here: nothing more, nothing less. */
import { describe, expect, test } from 'vitest';
import { type FunctionName, functionNames } from '../../infra/build.ts';
import { functionGrants, functionPath, functionProperties, grantsOf } from './functions.ts';
import { arnAt, propertiesAt, propertiesOf } from './synthesised.ts';

const ownLogs = ['logs:CreateLogStream', 'logs:PutLogEvents'];
const readSecret = ['secretsmanager:GetSecretValue'];
const send = ['sqs:SendMessage'];
const query = ['dynamodb:Query'];
const seal = ['kms:Decrypt', 'kms:GenerateDataKey'];
const readAndWrite = ['BatchGetItem', 'DeleteItem', 'GetItem', 'PutItem', 'Query', 'UpdateItem'].map(
  (action) => `dynamodb:${action}`,
);

const grants: Record<FunctionName, Record<string, string[]>> = {
  'webhook-receiver': {
    'Webhook/Receiver/Logs': ownLogs,
    'SyncQueue/Hints': send,
    [secret('webhook-keys')]: readSecret,
  },
  'sync-consumer': {
    'Sync/Consumer/Logs': ownLogs,
    'SyncQueue/Hints': [
      'sqs:ChangeMessageVisibility',
      'sqs:DeleteMessage',
      'sqs:GetQueueAttributes',
      'sqs:GetQueueUrl',
      'sqs:ReceiveMessage',
      'sqs:SendMessage',
    ],
    'Data/Table': readAndWrite,
    'Data/Table/index/agenda': query,
    'Data/Table/index/pending': query,
    'Data/VaultKey': seal,
    [secret('webhook-keys')]: readSecret,
    [secret('google-oauth')]: readSecret,
  },
  'change-stream': {
    'ChangeStream/Reader/Logs': ownLogs,
    'SyncQueue/Hints': send,
    'Data/Table': ['dynamodb:BatchWriteItem'],
    'Data/Table.StreamArn': [
      'dynamodb:DescribeStream',
      'dynamodb:GetRecords',
      'dynamodb:GetShardIterator',
      'dynamodb:ListStreams',
    ],
    'ChangeStream/Failures': ['sqs:GetQueueAttributes', 'sqs:GetQueueUrl', 'sqs:SendMessage'],
  },
  'renewal-worker': {
    'Renewal/Worker/Logs': ownLogs,
    'SyncQueue/Hints': send,
    'Data/Table': ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query', 'dynamodb:UpdateItem'],
    'Data/Table/index/due': query,
    'Data/Table/index/pending': query,
    'Data/VaultKey': seal,
    [secret('webhook-keys')]: readSecret,
    [secret('google-oauth')]: readSecret,
  },
  'management-api': {
    'ManagementApi/Server/Logs': ownLogs,
    'SyncQueue/Hints': ['sqs:GetQueueAttributes', ...send],
    'SyncQueue/DeadLetters': [
      'sqs:ChangeMessageVisibility',
      'sqs:DeleteMessage',
      'sqs:GetQueueAttributes',
      'sqs:ReceiveMessage',
    ],
    'Data/Table': [...readAndWrite, 'dynamodb:ConditionCheckItem'].toSorted(),
    'Data/Table/index/agenda': query,
    'Data/Table/index/due': query,
    'Data/Table/index/pending': query,
    'Data/VaultKey': seal,
    [secret('google-oauth')]: readSecret,
  },
};

describe('grants', () => {
  test.each(functionNames)('[R15] %s may do exactly what its flow needs', (name) => {
    expect(functionGrants(name)).toEqual(grants[name]);
  });

  test.each(functionNames)('[R15] %s has a role of its own', (name) => {
    const rolePath = functionPath(name).replace(/Function$/, 'Role');
    expect(functionProperties(name).Role).toEqual(arnAt(rolePath));
  });

  test('[R15] no role has a policy beside the one that is listed', () => {
    for (const role of propertiesOf('AWS::IAM::Role')) {
      expect(role).not.toHaveProperty('ManagedPolicyArns');
      expect(role).not.toHaveProperty('Policies');
    }
  });

  test.each(functionNames)('[R15] %s may do nothing to everything: no action and no resource is a wildcard', (name) => {
    for (const [resource, actions] of Object.entries(functionGrants(name))) {
      expect(resource.replace(/-\?{6}$/, '')).not.toMatch(/[*?]/); // Secrets Manager ends its ARNs in six characters of its own.
      expect(actions.join()).not.toContain('*');
    }
  });

  test('the scheduler may invoke the renewal worker and nothing else', () => {
    expect(grantsOf('Renewal/Invoker')).toEqual({ [functionPath('renewal-worker')]: ['lambda:InvokeFunction'] });
    expect(propertiesAt('Renewal/Invoker').AssumeRolePolicyDocument).toMatchObject({
      Statement: [{ Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } } }],
    });
  });
});

function secret(name: string): string {
  return `arn:<AWS::Partition>:secretsmanager:<AWS::Region>:<AWS::AccountId>:secret:bookedbarber/calendar-sync/prod/${name}-??????`;
}

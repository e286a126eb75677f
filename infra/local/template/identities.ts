/** What `Ref` and `Fn::GetAtt` give for each kind of resource, and which kinds the local stack knows at all. Pure. */

import { accountId, arnOf, type Endpoints } from '../aws/place.ts';
import type { Json } from './json.ts';

export type Surroundings = { endpoints: Endpoints; apiUrl: string };
export type Identity = { ref: string; attributes: Record<string, string> };

/** `name` is the resource's own name, or its logical id where the template leaves naming to CloudFormation. */
type Identify = (name: string, surroundings: Surroundings) => Identity;

type ResourceKind = { nameProperty?: string; identify: Identify };

const named = (name: string): Identity => ({ ref: name, attributes: {} });

const table: ResourceKind = {
  nameProperty: 'TableName',
  identify: (name) => {
    const arn = arnOf('dynamodb', `table/${name}`);
    return { ref: name, attributes: { Arn: arn, StreamArn: `${arn}/stream/local` } };
  },
};

const kinds: Record<string, ResourceKind> = {
  'AWS::DynamoDB::GlobalTable': table,
  'AWS::DynamoDB::Table': table,
  'AWS::SQS::Queue': {
    nameProperty: 'QueueName',
    identify: (name, { endpoints }) => ({
      ref: queueUrl(endpoints.sqs, name), // The SDK sends to the queue URL's host, so it must be the function's own endpoint.
      attributes: { Arn: arnOf('sqs', name), QueueName: name },
    }),
  },
  'AWS::Lambda::Function': {
    nameProperty: 'FunctionName',
    identify: (name) => ({ ref: name, attributes: { Arn: arnOf('lambda', `function:${name}`) } }),
  },
  'AWS::Lambda::EventSourceMapping': { identify: named },
  'AWS::ApiGatewayV2::Api': {
    identify: (name, { apiUrl }) => ({ ref: name, attributes: { ApiId: name, ApiEndpoint: apiUrl } }),
  },
  'AWS::ApiGatewayV2::Stage': { nameProperty: 'StageName', identify: named },
  'AWS::ApiGatewayV2::Route': { identify: named },
  'AWS::ApiGatewayV2::Integration': { identify: named },
  'AWS::ApiGatewayV2::Authorizer': { identify: named },
  'AWS::Scheduler::Schedule': {
    nameProperty: 'Name',
    identify: (name) => ({ ref: name, attributes: { Arn: arnOf('scheduler', `schedule/default/${name}`) } }),
  },
  'AWS::KMS::Key': {
    identify: (name) => ({ ref: name, attributes: { Arn: arnOf('kms', `key/${name}`), KeyId: name } }),
  },
};

/** Kinds that change nothing on a laptop: permissions, retries of schedules, what watches the system, what CDK notes for itself. */
const irrelevantKinds = new Set([
  'AWS::CDK::Metadata',
  'AWS::CloudWatch::Alarm',
  'AWS::CloudWatch::CompositeAlarm',
  'AWS::CloudWatch::Dashboard',
  'AWS::IAM::ManagedPolicy',
  'AWS::IAM::Policy',
  'AWS::IAM::Role',
  'AWS::KMS::Alias',
  'AWS::Lambda::EventInvokeConfig',
  'AWS::Lambda::Permission',
  'AWS::Logs::LogGroup',
  'AWS::Logs::MetricFilter',
  'AWS::Logs::ResourcePolicy',
  'AWS::SNS::Subscription',
  'AWS::SNS::Topic',
  'AWS::SNS::TopicPolicy',
  'AWS::SQS::QueuePolicy',
  'AWS::Scheduler::ScheduleGroup',
]);

/** Whether the local stack runs this kind; a kind that it neither runs nor may leave out is an error. */
export function isRunLocally(type: string): boolean {
  if (type in kinds) return true;
  if (irrelevantKinds.has(type)) return false;
  throw new Error(`${type} is not supported by the local stack`);
}

export function nameOf(type: string, logicalId: string, properties: Record<string, Json>): string {
  const given = properties[kinds[type]?.nameProperty ?? ''];
  if (typeof given === 'string') return given;
  return properties.FifoQueue === true ? `${logicalId}.fifo` : logicalId;
}

export function identityOf(type: string, name: string, surroundings: Surroundings): Identity {
  if (isRunLocally(type)) return kinds[type]?.identify(name, surroundings) ?? named(name);
  const absent = `${absentMark}${type}/${name}`;
  return { ref: absent, attributes: { Arn: absent } };
}

/** Stands for a resource that is left out: roles and log groups are referred to everywhere, but no function may need one. */
export const absentMark = 'not-run-locally:';

export function queueUrl(endpoint: string, name: string): string {
  return `${endpoint}/${accountId}/${name}`;
}

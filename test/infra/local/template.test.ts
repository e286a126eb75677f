/** biome-ignore-all lint/suspicious/noTemplateCurlyInString: the placeholders are CloudFormation's, not JavaScript's. */
import { expect, test } from 'vitest';
import type { Template } from '../../../infra/local/template/assembly.ts';
import { type LocalTemplate, resolveTemplate } from '../../../infra/local/template/template.ts';

const surroundings = {
  endpoints: { dynamodb: 'http://d', sqs: 'http://q', secretsManager: 'http://s', kms: 'http://k' },
  apiUrl: 'http://127.0.0.1:3000',
};

function resolve(template: Partial<Template>): LocalTemplate {
  const whole = { Parameters: {}, Conditions: {}, Resources: {}, Outputs: {}, ...template };
  return resolveTemplate({ stackName: 'Stack', template: whole, assetFolder: () => '' }, surroundings);
}

const properties = (template: Partial<Template>, logicalId: string) =>
  resolve(template).resources.find((resource) => resource.logicalId === logicalId)?.properties;

const queue = { Type: 'AWS::SQS::Queue', Properties: { FifoQueue: true } };
const named = {
  Type: 'AWS::SQS::Queue',
  Properties: { QueueName: { 'Fn::Join': ['-', ['queue', { Ref: 'AWS::Region' }]] } },
};

test('a resource is known by its own name, else by its logical id; a FIFO queue ends in .fifo', () => {
  expect(resolve({ Resources: { Queue: queue, Named: named } }).resources).toMatchObject([
    { logicalId: 'Queue', name: 'Queue.fifo', attributes: { Arn: 'arn:aws:sqs:us-east-1:000000000000:Queue.fifo' } },
    { logicalId: 'Named', name: 'queue-us-east-1' },
  ]);
});

test.each([
  ['a queue', { Ref: 'Queue' }, 'http://q/000000000000/Queue.fifo'],
  ["a queue's ARN", { 'Fn::GetAtt': ['Queue', 'Arn'] }, 'arn:aws:sqs:us-east-1:000000000000:Queue.fifo'],
  ['a parameter', { Ref: 'BootstrapVersion' }, '/cdk-bootstrap/hnb659fds/version'],
  ["the API's endpoint", { 'Fn::GetAtt': ['Api', 'ApiEndpoint'] }, 'http://127.0.0.1:3000'],
  [
    'the address of its default stage',
    { 'Fn::Sub': 'https://${Api}.execute-api.${AWS::Region}.${AWS::URLSuffix}/' },
    'http://127.0.0.1:3000/',
  ],
])('an output may name %s', (_what, Value, expected) => {
  const { outputs } = resolve({
    Parameters: { BootstrapVersion: { Default: '/cdk-bootstrap/hnb659fds/version' } },
    Resources: { Queue: queue, Api: { Type: 'AWS::ApiGatewayV2::Api' } },
    Outputs: { It: { Value } },
  });
  expect(outputs).toEqual({ It: expected });
});

test('a resource may refer to itself', () => {
  const Environment = { Variables: { SELF: { Ref: 'Fn' } } };
  expect(
    properties({ Resources: { Fn: { Type: 'AWS::Lambda::Function', Properties: { Environment } } } }, 'Fn'),
  ).toEqual({
    Environment: { Variables: { SELF: 'Fn' } },
  });
});

test('a resource whose condition does not hold does not exist', () => {
  const { resources } = resolve({
    Parameters: { Stage: { Default: 'dev' } },
    Conditions: { IsProd: { 'Fn::Equals': [{ Ref: 'Stage' }, 'prod'] } },
    Resources: { Queue: { ...queue, Condition: 'IsProd' } },
  });
  expect(resources).toEqual([]);
});

test('what changes nothing on a laptop is left out, even if it holds what cannot be resolved', () => {
  const { resources } = resolve({
    Resources: {
      Role: { Type: 'AWS::IAM::Role', Properties: { 'Fn::ImportValue': 'x' } },
      Alarm: { Type: 'AWS::CloudWatch::Alarm' },
      Logs: { Type: 'AWS::Logs::LogGroup' },
      Metadata: { Type: 'AWS::CDK::Metadata' },
    },
  });
  expect(resources).toEqual([]);
});

test.each<[string, Partial<Template>, string]>([
  [
    'a kind that it cannot run',
    { Resources: { Bus: { Type: 'AWS::Events::EventBus' } } },
    'Bus: AWS::Events::EventBus is not supported',
  ],
  [
    'an intrinsic that it does not know',
    { Resources: { Queue: { Type: 'AWS::SQS::Queue', Properties: { DelaySeconds: { 'Fn::ImportValue': 'x' } } } } },
    'Queue: Fn::ImportValue is not supported',
  ],
  [
    'a reference to nothing',
    { Outputs: { Url: { Value: { Ref: 'Nobody' } } } },
    'Url: there is no resource or parameter Nobody',
  ],
  [
    'an attribute that it does not know',
    { Resources: { Queue: queue }, Outputs: { It: { Value: { 'Fn::GetAtt': ['Queue', 'Colour'] } } } },
    'It: Queue has no attribute Colour',
  ],
  [
    'a parameter without a value',
    { Parameters: { P: {} }, Outputs: { It: { Value: { Ref: 'P' } } } },
    'It: parameter P has no default',
  ],
])('a template with %s is refused, and the message names the logical id', (_what, template, message) => {
  expect(() => resolve(template)).toThrow(message);
});

/** biome-ignore-all lint/suspicious/noTemplateCurlyInString: the placeholders are CloudFormation's, not JavaScript's. */
import { expect, test } from 'vitest';
import { noValue, resolveIntrinsics, type Scope } from '../../../infra/local/template/intrinsics.ts';
import type { Json } from '../../../infra/local/template/json.ts';

const names: Record<string, Json | typeof noValue> = {
  Queue: 'queue-url',
  Stage: 'prod',
  Zones: ['a', 'b'],
  'AWS::Region': 'us-east-1',
  'AWS::NoValue': noValue,
};
const attributes: Record<string, string> = { 'Queue.Arn': 'queue-arn', 'Api.Nested.Url': 'url' };
const conditions: Record<string, boolean> = { Yes: true, No: false };

const scope: Scope = {
  ref: (name) => names[name] ?? missing(name),
  getAtt: (logicalId, attribute) => attributes[`${logicalId}.${attribute}`] ?? missing(logicalId),
  condition: (name) => conditions[name] ?? missing(name),
};

function missing(name: string): never {
  throw new Error(`there is no ${name}`);
}

test.each<[string, Json, Json]>([
  ['a value without intrinsics stays', { a: [1, true, null, 'x'] }, { a: [1, true, null, 'x'] }],
  ['Ref', { Ref: 'Queue' }, 'queue-url'],
  ['Ref of a pseudo parameter', { Ref: 'AWS::Region' }, 'us-east-1'],
  ['Fn::GetAtt as a list', { 'Fn::GetAtt': ['Queue', 'Arn'] }, 'queue-arn'],
  ['Fn::GetAtt as text', { 'Fn::GetAtt': 'Queue.Arn' }, 'queue-arn'],
  ['Fn::GetAtt of a nested attribute', { 'Fn::GetAtt': ['Api', 'Nested.Url'] }, 'url'],
  ['Fn::Sub with a name', { 'Fn::Sub': 'in-${AWS::Region}-${Queue}' }, 'in-us-east-1-queue-url'],
  ['Fn::Sub with an attribute', { 'Fn::Sub': '${Queue.Arn}' }, 'queue-arn'],
  [
    'Fn::Sub with variables, which win',
    { 'Fn::Sub': ['${Queue} ${x}', { Queue: 'own', x: { Ref: 'Stage' } }] },
    'own prod',
  ],
  ['Fn::Sub with an escaped name', { 'Fn::Sub': '${!Queue}' }, '${Queue}'],
  ['Fn::Join', { 'Fn::Join': ['-', ['a', { Ref: 'Stage' }, 1]] }, 'a-prod-1'],
  ['Fn::Join over a resolved list', { 'Fn::Join': ['', { Ref: 'Zones' }] }, 'ab'],
  ['Fn::Select', { 'Fn::Select': ['1', { Ref: 'Zones' }] }, 'b'],
  ['Fn::Split', { 'Fn::Split': ['-', { Ref: 'Queue' }] }, ['queue', 'url']],
  ['Fn::If, true', { 'Fn::If': ['Yes', 1, 2] }, 1],
  ['Fn::If, false', { 'Fn::If': ['No', 1, 2] }, 2],
  ['Fn::If evaluates only the side it takes', { 'Fn::If': ['Yes', 1, { Ref: 'Missing' }] }, 1],
  ['Fn::Equals', { 'Fn::Equals': [{ Ref: 'Stage' }, 'prod'] }, true],
  ['Fn::Not', { 'Fn::Not': [{ 'Fn::Equals': ['a', 'b'] }] }, true],
  ['Fn::And', { 'Fn::And': [{ Condition: 'Yes' }, { Condition: 'No' }] }, false],
  ['Fn::Or', { 'Fn::Or': [{ Condition: 'Yes' }, { Condition: 'No' }] }, true],
  ['AWS::NoValue takes its property away', { a: { Ref: 'AWS::NoValue' }, b: 1 }, { b: 1 }],
  ['AWS::NoValue takes its list item away', [{ 'Fn::If': ['No', 1, { Ref: 'AWS::NoValue' }] }, 2], [2]],
  [
    'a policy condition is no reference to a condition',
    { Condition: { Bool: { a: false } } },
    { Condition: { Bool: { a: false } } },
  ],
  ['intrinsics are resolved however deep they lie', { a: [{ b: { Ref: 'Queue' } }] }, { a: [{ b: 'queue-url' }] }],
])('%s', (_what, value, expected) => {
  expect(resolveIntrinsics(value, scope)).toEqual(expected);
});

test.each<[string, Json, string]>([
  ['an unknown intrinsic', { 'Fn::ImportValue': 'x' }, 'Fn::ImportValue is not supported by the local stack'],
  ['an unknown name', { Ref: 'Nobody' }, 'there is no Nobody'],
  ['an index out of range', { 'Fn::Select': [5, ['a']] }, 'Fn::Select has no item 5'],
  ['a join over what is no list', { 'Fn::Join': ['', 'a'] }, 'Fn::Join must be a list'],
])('%s is refused', (_what, value, message) => {
  expect(() => resolveIntrinsics(value, scope)).toThrow(message);
});

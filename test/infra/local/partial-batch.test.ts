import { expect, test } from 'vitest';
import { functionError, type Outcome } from '../../../infra/local/functions/invocation.ts';
import { failedItems } from '../../../infra/local/sources/partial-batch.ts';

const ids = ['1', '2', '3'];
const returned = (value: unknown): Outcome => ({ kind: 'returned', value });
const named = (...itemIdentifiers: unknown[]) =>
  returned({ batchItemFailures: itemIdentifiers.map((itemIdentifier) => ({ itemIdentifier })) });

test.each<[string, Outcome, string[]]>([
  ['null', returned(null), []],
  ['an empty object', returned({}), []],
  ['no list', returned({ batchItemFailures: null }), []],
  ['an empty list', named(), []],
  ['known ids', named('1', '3'), ['1', '3']],
  ['an unknown id', named('1', '9'), ids],
  ['an empty id', named(''), ids],
  ['an id that is null', named(null), ids],
  ['a misspelt id field', returned({ batchItemFailures: [{ messageId: '1' }] }), ids],
  ['a list of null', returned({ batchItemFailures: [null] }), ids],
  ['no list but text', returned({ batchItemFailures: '1' }), ids],
  ['text', returned('fine'), ids],
  ['an error', { kind: 'failed', error: functionError('Error', 'no') }, ids],
  ['a throttle', { kind: 'throttled' }, ids],
])('%s fails what Lambda says it fails', (_what, outcome, expected) => {
  expect([...failedItems(outcome, ids, true)]).toEqual(expected);
});

test('where failures are not reported, the response does not matter, but an error still fails all', () => {
  expect([...failedItems(named('1'), ids, false)]).toEqual([]);
  expect([...failedItems({ kind: 'failed', error: functionError('Error', 'no') }, ids, false)]).toEqual(ids);
});

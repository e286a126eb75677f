/**
 * Filter patterns of event source mappings: exact values, `prefix`, `exists` and `anything-but`. Pure.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html
 */
import { isRecord, type Json, type JsonRecord } from '../template/json.ts';

export type Filter = (event: Json) => boolean;

type Test = (value: Json | undefined) => boolean;

/** An event passes when any of the patterns matches; a mapping without patterns passes all. An unknown operator throws here. */
export function createFilter(patterns: string[]): Filter {
  const tests = patterns.map((pattern) => patternTest(JSON.parse(pattern) as Json));
  return (event) => tests.length === 0 || tests.some((matches) => matches(event));
}

/** Every field of a pattern must match; a list names the alternatives of one field. */
function patternTest(pattern: Json): Test {
  if (Array.isArray(pattern)) return anyElement(pattern.map(alternativeTest));
  if (!isRecord(pattern)) throw new Error(`a filter pattern needs lists as values, not ${JSON.stringify(pattern)}`);
  const fields = Object.entries(pattern).map(([name, inner]) => ({ name, matches: patternTest(inner) }));
  return (value) => fields.every(({ name, matches }) => matches(isRecord(value) ? value[name] : undefined));
}

/** Where the event has a list, one matching element is enough. */
function anyElement(alternatives: Test[]): Test {
  const matchesOne: Test = (value) => alternatives.some((matches) => matches(value));
  return (value) => (Array.isArray(value) ? value.some(matchesOne) : matchesOne(value));
}

function alternativeTest(alternative: Json): Test {
  if (!isRecord(alternative)) return (value) => value === alternative;
  const [[operator, operand] = ['', null], ...more] = Object.entries(alternative);
  const build = operators[operator];
  if (build === undefined || more.length > 0) throw unsupported(alternative);
  return build(operand);
}

const operators: Record<string, (operand: Json) => Test> = {
  prefix: (operand) => {
    if (typeof operand !== 'string') throw unsupported({ prefix: operand });
    return (value) => typeof value === 'string' && value.startsWith(operand);
  },
  exists: (operand) => (value) => (value !== undefined) === operand,
  'anything-but': (operand) => {
    const excluded = (Array.isArray(operand) ? operand : [operand]).map(alternativeTest);
    return (value) => value !== undefined && !excluded.some((matches) => matches(value));
  },
};

function unsupported(operator: JsonRecord): Error {
  return new Error(`the filter ${JSON.stringify(operator)} is not supported by the local stack`);
}

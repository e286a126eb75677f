/** CloudFormation's intrinsic functions. Pure: what a name of the template stands for is asked of the scope. */
import { isRecord, type Json, type JsonRecord, listOf, recordOf, textOf } from './json.ts';

export type Scope = {
  ref: (name: string) => Json | typeof noValue;
  getAtt: (logicalId: string, attribute: string) => Json;
  condition: (name: string) => boolean;
};

/** What `AWS::NoValue` stands for: the property or list item that holds it disappears. */
export const noValue = Symbol('AWS::NoValue');

export function resolveIntrinsics(value: Json, scope: Scope): Json {
  const resolved = evaluate(value, scope);
  return resolved === noValue ? null : resolved;
}

type Intrinsic = (argument: Json, scope: Scope) => Json | typeof noValue;

const intrinsics: Record<string, Intrinsic> = {
  Ref: (name, scope) => scope.ref(textOf(name, 'Ref')),
  Condition: (name, scope) => scope.condition(textOf(name, 'Condition')),
  'Fn::GetAtt': (argument, scope) => {
    const [logicalId, attribute] = typeof argument === 'string' ? splitOnce(argument) : listOf(argument, 'Fn::GetAtt');
    return scope.getAtt(textOf(logicalId, 'Fn::GetAtt'), textOf(attribute, 'Fn::GetAtt'));
  },
  'Fn::Sub': (argument, scope) => {
    const [template = null, variables = {}] = Array.isArray(argument) ? argument : [argument];
    return substitute(textOf(template, 'Fn::Sub'), recordOf(plain(variables, scope), 'Fn::Sub'), scope);
  },
  'Fn::Join': (argument, scope) => {
    const [separator, parts] = listOf(plain(argument, scope), 'Fn::Join');
    return listOf(parts, 'Fn::Join')
      .map((part) => scalarText(part, 'Fn::Join'))
      .join(textOf(separator, 'Fn::Join'));
  },
  'Fn::Select': (argument, scope) => {
    const [index, items] = listOf(plain(argument, scope), 'Fn::Select');
    const selected = listOf(items, 'Fn::Select')[Number(index)];
    if (selected === undefined) throw new Error(`Fn::Select has no item ${String(index)}`);
    return selected;
  },
  'Fn::Split': (argument, scope) => {
    const [separator, whole] = listOf(plain(argument, scope), 'Fn::Split');
    return textOf(whole, 'Fn::Split').split(textOf(separator, 'Fn::Split'));
  },
  'Fn::If': (argument, scope) => {
    const [name, whenTrue = null, whenFalse = null] = listOf(argument, 'Fn::If');
    return evaluate(scope.condition(textOf(name, 'Fn::If')) ? whenTrue : whenFalse, scope);
  },
  'Fn::Equals': (argument, scope) => {
    const [left, right] = listOf(plain(argument, scope), 'Fn::Equals');
    return JSON.stringify(left) === JSON.stringify(right);
  },
  'Fn::Not': (argument, scope) => listOf(plain(argument, scope), 'Fn::Not')[0] !== true,
  'Fn::And': (argument, scope) => listOf(plain(argument, scope), 'Fn::And').every((item) => item === true),
  'Fn::Or': (argument, scope) => listOf(plain(argument, scope), 'Fn::Or').some((item) => item === true),
};

function evaluate(value: Json, scope: Scope): Json | typeof noValue {
  if (Array.isArray(value)) return value.map((item) => evaluate(item, scope)).filter((item) => item !== noValue);
  if (!isRecord(value)) return value;
  const call = callOf(value);
  if (call === undefined) return evaluateRecord(value, scope);
  const run = intrinsics[call.name];
  if (run === undefined) throw new Error(`${call.name} is not supported by the local stack`);
  return run(call.argument, scope);
}

function plain(value: Json, scope: Scope): Json {
  return resolveIntrinsics(value, scope);
}

function evaluateRecord(value: JsonRecord, scope: Scope): JsonRecord {
  const resolved: JsonRecord = {};
  for (const [key, item] of Object.entries(value)) {
    const result = evaluate(item, scope);
    if (result !== noValue) resolved[key] = result;
  }
  return resolved;
}

/** `{Ref: …}` and `{Fn::…: …}` are calls; `{Condition: …}` only where it holds a name: in IAM policies it holds a map. */
function callOf(value: JsonRecord): { name: string; argument: Json } | undefined {
  const [entry, ...more] = Object.entries(value);
  if (entry === undefined || more.length > 0) return undefined;
  const [name, argument] = entry;
  const isCall = name === 'Ref' || name.startsWith('Fn::') || (name === 'Condition' && typeof argument === 'string');
  return isCall ? { name, argument } : undefined;
}

function substitute(template: string, variables: JsonRecord, scope: Scope): string {
  return template.replaceAll(/\$\{(!?)([^}]+)\}/g, (_match, literal: string, name: string) => {
    if (literal === '!') return `\${${name}}`;
    const [logicalId, attribute] = splitOnce(name);
    const value = variables[name] ?? (attribute ? scope.getAtt(logicalId, attribute) : scope.ref(name));
    return scalarText(value, `\${${name}}`);
  });
}

function splitOnce(name: string): [logicalId: string, attribute: string] {
  const dot = name.indexOf('.');
  return dot < 0 ? [name, ''] : [name.slice(0, dot), name.slice(dot + 1)];
}

function scalarText(value: Json | typeof noValue, where: string): string {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return textOf(value, where);
}

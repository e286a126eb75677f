/**
 * Builds a conditional update of some fields of an item's value. Pure; fields are named by their path below `value`, as the
 * current schema names them: an item of another is refused, and shown to upToDate (bring-up.ts).
 */
import type { Key } from './keys.ts';
import { type Schemas, schemas } from './schema.ts';
import type { Item } from './table.ts';

export type ItemUpdate = {
  key: Key;
  /** A field that is undefined here is removed. */
  set: Record<string, unknown>;
  /** The fields that must still be as given; undefined means that there must be none. */
  expect: Record<string, unknown>;
  /** Attributes beside the value: index keys. One that is undefined here is removed. */
  indexed?: Record<string, string | undefined>;
};

/** The input of UpdateItem and of an Update in TransactWriteItems, but for the table's name. */
export const toUpdate = ({ key, set, expect, indexed = {} }: ItemUpdate, known: Schemas = schemas) => {
  const names: Record<string, string> = {};
  const values: Item = {};
  const attribute = (path: string): string =>
    path
      .split('.')
      .map((name) => alias(names, name))
      .join('.');
  const value = (given: unknown): string => {
    const placeholder = `:v${Object.keys(values).length}`;
    values[placeholder] = given;
    return placeholder;
  };

  const fields = [...inValue(set), ...Object.entries(indexed)];
  const sets = fields
    .filter(([, given]) => given !== undefined)
    .map(([path, given]) => `${attribute(path)} = ${value(given)}`);
  const removes = fields.filter(([, given]) => given === undefined).map(([path]) => attribute(path));
  const conditions = inValue(expect).map(([path, given]) =>
    given === undefined ? `attribute_not_exists(${attribute(path)})` : `${attribute(path)} = ${value(given)}`,
  );

  return {
    Key: key,
    UpdateExpression: [clause('SET', sets), clause('REMOVE', removes)].filter(Boolean).join(' '),
    ConditionExpression: ['#schema = :schema', ...conditions].join(' AND '),
    ExpressionAttributeNames: { ...names, '#schema': 'schema' },
    ExpressionAttributeValues: { ...values, ':schema': known.currentAt(key) },
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
  };
};

const inValue = (fields: Record<string, unknown>): [string, unknown][] =>
  Object.entries(fields).map(([path, given]) => [`value.${path}`, given]);

const alias = (names: Record<string, string>, name: string): string => {
  names[`#${name}`] = name;
  return `#${name}`;
};

const clause = (keyword: string, parts: string[]): string => (parts.length > 0 ? `${keyword} ${parts.join(', ')}` : '');

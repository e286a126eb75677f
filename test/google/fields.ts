/**
 * Partial responses: `fields=items(id,start/dateTime),nextPageToken`. Pure.
 * https://developers.google.com/workspace/calendar/api/guides/performance#partial-response
 */
import { resolve, type Schema } from './discovery.ts';
import { invalidParameter } from './errors.ts';

/** A selected name with what is selected inside it; nothing inside means all of it. */
type Selection = Map<string, Selection>;

/** The selected part of a value of the schema; a name that the schema does not have is refused. */
export function select(fields: string, schema: Schema, value: unknown): unknown {
  const selection = parse(fields);
  if (!isOf(schema, selection)) throw invalidSelection(fields);
  return project(selection, value);
}

function isOf(schema: Schema, selection: Selection): boolean {
  const { items, properties = {}, additionalProperties } = resolve(schema);
  if (items) return isOf(items, selection);
  return [...selection].every(([name, inner]) => {
    const known = properties[name] ?? additionalProperties;
    return name === '*' || (known !== undefined && isOf(known, inner));
  });
}

function project(selection: Selection, value: unknown): unknown {
  if (selection.size === 0 || selection.has('*')) return value;
  if (Array.isArray(value)) return value.map((item) => project(selection, item));
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([name]) => selection.has(name));
  return Object.fromEntries(kept.map(([name, inner]) => [name, project(selection.get(name) ?? new Map(), inner)]));
}

function parse(fields: string): Selection {
  const tokens = fields.replaceAll(/\s/g, '').match(/[\w*-]+|[(),/]/g) ?? [];
  if (tokens.join('') !== fields.replaceAll(/\s/g, '')) throw invalidSelection(fields);
  const selection = parseList(tokens, fields);
  if (tokens.length > 0) throw invalidSelection(fields);
  return selection;
}

/** list = path *("," path); path = name ["/" path | "(" list ")"]. Takes its tokens from the front. */
function parseList(tokens: string[], fields: string): Selection {
  const selection: Selection = new Map();
  do {
    if (tokens[0] === ',') tokens.shift();
    const [name, inner] = parsePath(tokens, fields);
    selection.set(name, merge(selection.get(name), inner));
  } while (tokens[0] === ',');
  return selection;
}

function parsePath(tokens: string[], fields: string): [string, Selection] {
  const name = tokens.shift();
  if (!name || !/^[\w*-]+$/.test(name)) throw invalidSelection(fields);
  if (tokens[0] === '/') {
    tokens.shift();
    return [name, new Map([parsePath(tokens, fields)])];
  }
  if (tokens[0] !== '(') return [name, new Map()];
  tokens.shift();
  const inner = parseList(tokens, fields);
  if (tokens.shift() !== ')') throw invalidSelection(fields);
  return [name, inner];
}

function merge(known: Selection | undefined, added: Selection): Selection {
  if (!known) return added;
  return known.size === 0 || added.size === 0 ? new Map() : new Map([...known, ...added]);
}

const invalidSelection = (fields: string) => invalidParameter('fields', `Invalid field selection ${fields}`);

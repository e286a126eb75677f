/**
 * Google's own description of the API (a trimmed copy of discovery revision 20260708) is the route table: methods,
 * paths, parameters with their types, scopes and schemas come from it. Pure.
 * https://www.googleapis.com/discovery/v1/apis/calendar/v3/rest
 */
import document from './calendar-v3.discovery.json' with { type: 'json' };
import { invalidParameter, required, unknownName } from './errors.ts';

type Parameter = {
  location: string;
  type: string;
  required?: boolean;
  repeated?: boolean;
  enum?: string[];
  format?: string;
  minimum?: string;
  maximum?: string;
};
export type Method = {
  id: string;
  httpMethod: string;
  path: string;
  parameters?: Record<string, Parameter>;
  request?: { $ref: string };
  response?: { $ref: string };
  scopes: string[];
};
export type Schema = {
  $ref?: string;
  type?: string;
  format?: string;
  items?: Schema;
  properties?: Record<string, Schema>;
  additionalProperties?: Schema;
};

const resources: Record<string, { methods: Record<string, Method> }> = document.resources;
const schemas: Record<string, Schema> = document.schemas;
const standard: Record<string, Parameter> = document.parameters;

export const methods: Method[] = Object.values(resources).flatMap((resource) => Object.values(resource.methods));

export function findMethod(httpMethod: string, pathname: string) {
  for (const method of methods) {
    if (method.httpMethod !== httpMethod) continue;
    const pattern = `^/${document.servicePath}${method.path}$`.replaceAll(/\{(\w+)\}/g, '(?<$1>[^/]+)');
    const groups = new RegExp(pattern).exec(pathname);
    if (groups) return { method, path: mapValues({ ...groups.groups }, decodeURIComponent) };
  }
  return undefined;
}

/** Query strings as typed values; an unknown, missing or ill-typed parameter is refused. */
export function readQuery(method: Method, search: URLSearchParams): Record<string, unknown> {
  const known = { ...standard, ...method.parameters };
  for (const name of search.keys()) {
    if (known[name]?.location !== 'query') throw unknownName(name, 'query parameter');
  }
  const missing = Object.entries(known).find(([name, p]) => p.location === 'query' && p.required && !search.has(name));
  if (missing) throw required(`Missing required parameter: ${missing[0]}.`);
  const names = [...new Set(search.keys())];
  return Object.fromEntries(
    names.map((name) => {
      const parameter = known[name] as Parameter;
      const values = search.getAll(name).map((text) => readParameter(name, parameter, text));
      return [name, parameter.repeated ? values : values.at(-1)];
    }),
  );
}

function readParameter(name: string, parameter: Parameter, text: string): string | number | boolean {
  const refuse = () => invalidParameter(name, `Invalid value for ${name}: ${text}`);
  if (parameter.enum && !parameter.enum.includes(text)) throw refuse();
  if (parameter.type === 'boolean') {
    if (text !== 'true' && text !== 'false') throw refuse();
    return text === 'true';
  }
  if (parameter.type === 'integer') {
    const value = Number(text);
    const low = Number(parameter.minimum ?? -Infinity);
    const high = Number(parameter.maximum ?? Infinity);
    if (!Number.isInteger(value) || value < low || value > high) throw refuse();
    return value;
  }
  if (parameter.format === 'date-time' && !isDateTime(text)) throw refuse();
  return text;
}

const isDateTime = (text: string): boolean =>
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(text) && !Number.isNaN(Date.parse(text));

export const resolve = (schema: Schema): Schema => (schema.$ref ? (schemas[schema.$ref] ?? {}) : schema);

/** What in `value` is not of the schema, as `path: reason`; empty when it conforms. */
export function violations(schema: Schema, value: unknown, path = ''): string[] {
  if (schema.$ref) return violations(resolve(schema), value, path);
  if (schema.type === 'array') {
    if (!Array.isArray(value)) return [`${path}: not an array`];
    return value.flatMap((item, index) => violations(schema.items ?? {}, item, `${path}[${index}]`));
  }
  if (schema.type !== 'object') return hasType(schema, value) ? [] : [`${path}: not a ${schema.format ?? schema.type}`];
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [`${path}: not an object`];
  return Object.entries(value).flatMap(([name, inner]) => {
    const expected = schema.properties?.[name] ?? schema.additionalProperties;
    return expected ? violations(expected, inner, `${path}/${name}`) : [`${path}/${name}: unknown`];
  });
}

function hasType(schema: Schema, value: unknown): boolean {
  if (schema.format === 'int64') return typeof value === 'string' && /^-?\d+$/.test(value);
  if (schema.format === 'date') return typeof value === 'string' && /^\d{4}-\d\d-\d\d$/.test(value);
  if (schema.type === 'integer') return Number.isInteger(value);
  if (schema.type === undefined || schema.type === 'any') return true;
  return typeof value === schema.type;
}

const mapValues = (record: Record<string, string>, change: (value: string) => string) =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));

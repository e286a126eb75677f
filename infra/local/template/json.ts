/** JSON values as CloudFormation writes them, and readers that say what was expected where. */
export type Json = null | boolean | number | string | Json[] | JsonRecord;
export type JsonRecord = { [key: string]: Json };

export function textOf(value: unknown, where: string): string {
  if (typeof value === 'string') return value;
  throw new Error(`${where} must be text, not ${JSON.stringify(value)}`);
}

export function listOf(value: Json | undefined, where: string): Json[] {
  if (Array.isArray(value)) return value;
  throw new Error(`${where} must be a list, not ${JSON.stringify(value)}`);
}

export function recordOf(value: Json | undefined, where: string): JsonRecord {
  if (isRecord(value)) return value;
  throw new Error(`${where} must be a map, not ${JSON.stringify(value)}`);
}

export function isRecord(value: Json | undefined): value is JsonRecord {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

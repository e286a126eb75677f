/**
 * Shapes of stored items as they change over time: an item of an older shape is brought up to date as it is read, step by
 * step. How a shape is changed, and what a mixed-version deployment does: docs/decisions/0022-item-schemas.md.
 */
import type { SyncEvent } from '../domain/sync-event.ts';
import type { Key, keys } from './keys.ts';
import { toStored } from './stored-event.ts';
import type { Item } from './table.ts';

/** Each day is written without being read, so its shape cannot change in place: a new one needs a new key. */
type Kind = Exclude<keyof typeof keys, 'day'>;
type Value = Record<string, unknown>;

/** Pure, and whole: takes any value of its version, gives one of the next. */
export type Migration = (value: Value) => Value;

/** By kind of item, the oldest first: the first makes version 2 of version 1. */
export type Migrations = Partial<Record<Kind, Migration[]>>;

/** One stays for as long as an item of the version before it may be stored. */
const migrations: Migrations = {
  syncEvent: [(value) => toStored(value as SyncEvent)],
};

/** How the keys of each kind begin. */
const beginnings: Record<Kind, [pk: string, sk: string]> = {
  calendar: ['CALENDAR#', 'STATE'],
  quarantine: ['CALENDAR#', 'QUARANTINE#'],
  seen: ['CALENDAR#', 'SEEN#'],
  connection: ['USER#', 'CONNECTION#'],
  pointer: ['USER#', 'CALENDAR#'],
  channel: ['USER#', 'CHANNEL#'],
  appointment: ['USER#', 'APPOINTMENT#'],
  conflict: ['USER#', 'CONFLICT#'],
  syncRequest: ['USER#', 'SYNC_REQUEST'],
  syncEvent: ['LOG#', 'SYNC_EVENT#'],
  notifiedRun: ['LOG#', 'NOTIFICATION#'],
  oauthState: ['OAUTH_STATE#', 'STATE'],
  activeDataKey: ['VAULT', 'ACTIVE_DATA_KEY'],
  dataKey: ['VAULT', 'DATA_KEY#'],
};

const kindAt = ({ pk, sk }: Key): Kind => {
  const kinds = Object.keys(beginnings) as Kind[];
  const kind = kinds.find((name) => pk.startsWith(beginnings[name][0]) && sk.startsWith(beginnings[name][1]));
  if (kind === undefined) throw new Error(`No kind of item lies at ${sk.split('#', 1).join()}`);
  return kind;
};

/** What this version writes, and how it reads what others have written. */
export const schemasOf = (known: Migrations) => {
  const stepsAt = (key: Key): Migration[] => known[kindAt(key)] ?? [];
  const currentAt = (key: Key): number => stepsAt(key).length + 1;
  const keyOf = ({ pk, sk }: Item): Key => ({ pk: String(pk), sk: String(sk) });

  return {
    currentAt,

    /** Of an older version, which one of ours can bring up to date. */
    isOlder: (item: Item): boolean => versionOf(item) < currentAt(keyOf(item)),

    /** Throws when a later version wrote the item: it may mean more than this version understands. */
    upgraded(item: Item): Item {
      const [version, current] = [versionOf(item), currentAt(keyOf(item))];
      if (version === current) return item;
      if (version > current) throw new Error(`Item of schema ${version}; this version reads ${current}`);
      const steps = stepsAt(keyOf(item)).slice(version - 1);
      return { ...item, schema: current, value: steps.reduce((value, step) => step(value), item.value as Value) };
    },
  };
};

export type Schemas = ReturnType<typeof schemasOf>;

const versionOf = ({ schema }: Item): number => {
  if (typeof schema === 'number' && Number.isInteger(schema) && schema >= 1) return schema;
  throw new Error(`Item of schema ${String(schema)}, which is none`);
};

export const schemas = schemasOf(migrations);

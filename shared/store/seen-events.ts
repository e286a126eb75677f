/** What a generation has seen so far, page by page, for as long as it may take. */
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { day, epochSecondsOf, plusMs } from '../domain/instant.ts';
import type { Fingerprint } from '../domain/seen.ts';
import type { SeenStore } from '../ports.ts';
import { keys, prefixes } from './keys.ts';
import { fromItem, queryAll, type Table, toItem } from './table.ts';

/** A generation that has not ended in this time never will. */
const keptMs = 7 * day;

export const seenStore = (table: Table): SeenStore => ({
  async add(key, { startedAt, page }, fingerprints) {
    const value = { fingerprints };
    const ttl = { expiresAt: epochSecondsOf(plusMs(startedAt, keptMs)) };
    const item = toItem(keys.seen(key, startedAt, page), value, ttl);
    await table.client.send(new PutCommand({ TableName: table.name, Item: item }));
  },

  async load(key, { startedAt }) {
    const pages = await queryAll(table, prefixes.seen(key, startedAt));
    return new Set(pages.flatMap((item) => fromItem<{ fingerprints: Fingerprint[] }>(item).fingerprints));
  },
});

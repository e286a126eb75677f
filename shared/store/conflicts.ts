/**
 * The review queue. Whoever has an item's id needs no more to find it, so an item lies under its id; and a barber's
 * review items are so few and small that the list reads and sorts them all. So it is never behind what was just resolved.
 */
import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { Conflict } from '../domain/conflict.ts';
import { day, epochSecondsOf, plusMs } from '../domain/instant.ts';
import type { ConflictStore } from '../ports.ts';
import { keys, prefixes } from './keys.ts';
import { revisionedPut, unlessLost } from './revisioned-put.ts';
import { fromItem, queryAll, type Table, toItem } from './table.ts';

export const conflictStore = (table: Table): ConflictStore => ({
  async load(userId, id) {
    const { Item } = await table.client.send(
      new GetCommand({ TableName: table.name, Key: keys.conflict(userId, id), ConsistentRead: true }),
    );
    return Item && fromItem<Conflict>(Item);
  },

  save: (conflict) => unlessLost(table.client.send(new PutCommand(conflictPut(table, conflict)))),

  async list({ userId, status, limit, after }) {
    const found = (await queryAll(table, prefixes.conflicts(userId))).map(fromItem<Conflict>);
    const following = found
      .filter((conflict) => status === undefined || conflict.status === status)
      .filter((conflict) => after === undefined || positionOf(conflict) < after)
      .sort((a, b) => (positionOf(a) > positionOf(b) ? -1 : 1));
    const items = following.slice(0, limit);
    const last = items.at(-1);
    return following.length > limit && last ? { items, after: positionOf(last) } : { items };
  },
});

export const conflictPut = (table: Table, conflict: Conflict) =>
  revisionedPut(
    table,
    toItem(keys.conflict(conflict.userId, conflict.id), conflict, expiryOf(conflict)),
    conflict.revision,
  );

/** As long as the log keeps what became of it. */
const keptDays = 365;

const expiryOf = ({ status, updatedAt }: Conflict): object =>
  status === 'open' ? {} : { expiresAt: epochSecondsOf(plusMs(updatedAt, keptDays * day)) };

const positionOf = ({ openedAt, id }: Conflict): string => `${openedAt}#${id}`;

/** Items in memory that are written only over the revision that was read. */
import type { Conflict } from '../../../shared/domain/conflict.ts';
import type { UserId } from '../../../shared/domain/ids.ts';

/** What is stored and what is given out must not be one object, or neither may ever change. */
export type Copy = <T>(value: T) => T;

export type Conflicts = Map<string, Conflict>;

export const keyOf = ({ userId, id }: { userId: UserId; id: string }): string => `${userId}/${id}`;

type Revisioned = { userId: UserId; id: string; revision: number };

export const isNext = <Item extends Revisioned>(items: Map<string, Item>, next: Item): boolean =>
  (items.get(keyOf(next))?.revision ?? 0) === next.revision - 1;

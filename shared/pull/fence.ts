/**
 * A worker may freeze between Google's answer and its own writes, and thaw long after another has taken over. The answer is
 * old by then, and a deletion does not even say how old [R13].
 */
import type { Calendar, Checkpoint } from '../domain/calendar.ts';
import { Superseded } from '../domain/errors.ts';
import type { CalendarStore } from '../ports.ts';

/** Throws Superseded when the calendar is not where this run has left it. */
export type Fence = () => Promise<void>;

/** `saved`: the checkpoint that this run has found or written last. */
export const fenceOf =
  ({ load }: Pick<CalendarStore, 'load'>, read: Calendar, saved: Checkpoint | undefined): Fence =>
  async () => {
    const stored = await load(read.key);
    if (stored === undefined || !isAsLeft(stored, read, saved)) {
      throw new Superseded('The calendar moved on before its changes were stored');
    }
  };

const isAsLeft = (stored: Calendar, read: Calendar, saved: Checkpoint | undefined): boolean =>
  stored.enabled &&
  stored.cursor === read.cursor &&
  stored.connectGeneration === read.connectGeneration &&
  stored.checkpoint?.startedAt === saved?.startedAt &&
  stored.checkpoint?.page === saved?.page;

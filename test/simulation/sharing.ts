/** What each user has chosen to share, and what was written by whoever had read another choice before that. */
import type { Appointment } from '../../shared/domain/appointment.ts';
import type { UserId } from '../../shared/domain/ids.ts';
import { defaultSettings, type Shared } from '../../shared/domain/settings.ts';
import type { Task } from './tasks.ts';

export const openSharing = () => {
  /** `nth`: how often the user has chosen. */
  const chosen = new Map<UserId, { shared: Shared; nth: number }>();
  const read = new WeakMap<Task, Map<UserId, number>>();
  /** Appointments and events. */
  const outdated = new Map<UserId, Set<string>>();
  /** `<appointment> <title>`: people have decided for it since they have chosen. */
  const decidedFor = new Map<UserId, Set<string>>();
  const nthOf = (userId: UserId): number => chosen.get(userId)?.nth ?? 0;

  return {
    sharedBy: (userId: UserId): Shared => chosen.get(userId)?.shared ?? defaultSettings.shared,
    /** Whoever chooses looks at all that there is by then. */
    chosen(userId: UserId, shared: Shared): void {
      chosen.set(userId, { shared, nth: nthOf(userId) + 1 });
      outdated.delete(userId);
      decidedFor.delete(userId);
    },
    read(userId: UserId, task: Task): void {
      read.set(task, new Map([...(read.get(task) ?? []), [userId, nthOf(userId)]]));
    },
    written(userId: UserId, id: string, task: Task): void {
      if ((read.get(task)?.get(userId) ?? 0) < nthOf(userId))
        outdated.set(userId, new Set([...(outdated.get(userId) ?? []), id]));
    },
    decided({ userId, id, fields, provenance: { settled } }: Appointment): void {
      if (settled?.policy !== 'person' || settled.theirs === 'gone' || settled.theirs.title !== fields.title) return;
      decidedFor.set(userId, new Set([...(decidedFor.get(userId) ?? []), `${id} ${fields.title}`]));
    },
    isDecidedFor: ({ userId, id, fields }: Appointment): boolean =>
      decidedFor.get(userId)?.has(`${id} ${fields.title}`) === true,
    isOutdated: (userId: UserId, ids: readonly string[]): boolean =>
      ids.some((id) => outdated.get(userId)?.has(id) === true),
  };
};

export type Sharing = ReturnType<typeof openSharing>;

/** What each user has chosen to share, and which titles people have decided for since. */
import type { Appointment } from '../../shared/domain/appointment.ts';
import type { UserId } from '../../shared/domain/ids.ts';
import { defaultSettings, type Shared } from '../../shared/domain/settings.ts';

export const openSharing = () => {
  const chosen = new Map<UserId, Shared>();
  /** `<appointment> <title>`: people have decided for it since they have chosen. */
  const decidedFor = new Map<UserId, Set<string>>();

  return {
    sharedBy: (userId: UserId): Shared => chosen.get(userId) ?? defaultSettings.shared,
    chosen(userId: UserId, shared: Shared): void {
      chosen.set(userId, shared);
      decidedFor.delete(userId);
    },
    decided({ userId, id, fields, provenance: { settled } }: Appointment): void {
      if (settled?.policy !== 'person' || settled.theirs === 'gone' || settled.theirs.title !== fields.title) return;
      decidedFor.set(userId, new Set([...(decidedFor.get(userId) ?? []), `${id} ${fields.title}`]));
    },
    isDecidedFor: ({ userId, id, fields }: Appointment): boolean =>
      decidedFor.get(userId)?.has(`${id} ${fields.title}`) === true,
  };
};

export type Sharing = ReturnType<typeof openSharing>;

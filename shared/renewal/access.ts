/** Who may be called on whose behalf, in one round: every user's connection is read once, and one that has ended is not tried again. */
import { type AccessDeps, type CallGoogle, googleAccess } from '../connections/google-access.ts';
import type { Connection } from '../domain/connection.ts';
import type { UserId } from '../domain/ids.ts';
import type { Instant } from '../domain/instant.ts';

export type Access = { connection: Connection; asUser: CallGoogle };

/** Undefined: there is no connection (yet). */
export type Accesses = (userId: UserId) => Promise<Access | undefined>;

export const accessesOf = (deps: AccessDeps, now: Instant): Accesses => {
  const known = new Map<UserId, Promise<Access | undefined>>();
  const open = async (userId: UserId): Promise<Access | undefined> => {
    const connection = await deps.connections.load(userId);
    return connection && { connection, asUser: googleAccess(deps, connection, now) };
  };
  return (userId) => {
    const access = known.get(userId) ?? open(userId);
    known.set(userId, access);
    return access;
  };
};

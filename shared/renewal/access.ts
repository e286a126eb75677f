/** Who may be called on whose behalf, in one round: every user's connection is read once, and one that has ended is not tried again. */
import { type AccessDeps, type CallGoogle, googleAccess } from '../connections/google-access.ts';
import type { GrantedConnection } from '../domain/connection.ts';
import type { UserId } from '../domain/ids.ts';
import type { Instant } from '../domain/instant.ts';
import type { ConnectionStore } from '../ports.ts';

export type RoundAccessDeps = AccessDeps & { connections: ConnectionStore };

export type Access = { connection: GrantedConnection; asUser: CallGoogle };
export type NoAccess = { because: 'absent' | 'needs_reauth' | 'disconnected' };

export type Accesses = (userId: UserId) => Promise<Access | NoAccess>;

export const accessesOf = (deps: RoundAccessDeps, now: Instant): Accesses => {
  const known = new Map<UserId, Promise<Access | NoAccess>>();
  const open = async (userId: UserId): Promise<Access | NoAccess> => {
    const connection = await deps.connections.load(userId);
    if (connection === undefined) return { because: 'absent' };
    if (connection.state !== 'connected') return { because: connection.state };
    return { connection, asUser: googleAccess(deps, connection, now) };
  };
  return (userId) => {
    const access = known.get(userId) ?? open(userId);
    known.set(userId, access);
    return access;
  };
};

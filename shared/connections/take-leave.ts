/**
 * Tells Google that a grant is no longer wanted: stops its channels, then revokes it. As far as Google answers, and only
 * for a while: nothing here depends on it [F37]. What is not stopped expires within a day, and what it still sends is
 * acknowledged, because its connect generation is old.
 */
import pMap from 'p-map';
import type { Calendar } from '../domain/calendar.ts';
import type { Channel } from '../domain/channel.ts';
import type { Connection, GrantedConnection } from '../domain/connection.ts';
import { GrantRevoked } from '../domain/errors.ts';
import type { Instant } from '../domain/instant.ts';
import type { GoogleCalendar } from '../google/calendar-api.ts';
import type { GoogleOAuth } from '../google/oauth.ts';
import type { ChannelStore } from '../ports.ts';
import type { TokenVault } from '../runtime/token-vault.ts';
import { type CallGoogle, googleAccess } from './google-access.ts';

export type LeaveDeps = {
  google: Pick<GoogleCalendar, 'stop'>;
  oauth(): Promise<Pick<GoogleOAuth, 'refresh' | 'revoke'>>;
  vault: TokenVault;
  channels: Pick<ChannelStore, 'listOf' | 'note'>;
  /** Fails when the work takes longer than a person who waits should notice. */
  within<T>(work: Promise<T>): Promise<T>;
};

/**
 * The grant is no more (`ended`), or may still be: Google did not hear of it (`not_told`), or its tokens have been forgotten
 * before (`forgotten`). `failures`: what Google did not do, or did not answer in time.
 */
export type Leave = { grant: 'ended' | 'not_told' | 'forgotten'; failures: unknown[] };

/** Google need not be told of a grant that has already ended [R14]. */
export const takeLeave = async (
  deps: LeaveDeps,
  connection: Connection,
  calendars: Calendar[],
  now: Instant,
): Promise<Leave> => {
  if (connection.state === 'disconnected') return { grant: 'forgotten', failures: [] };
  if (connection.state === 'needs_reauth') return { grant: 'ended', failures: [] };
  const stopped = await attempt(() => deps.within(stopChannels(deps, connection, calendars, now)));
  const revoked = await attempt(() => deps.within(revoke(deps, connection)));
  return { grant: revoked.length === 0 ? 'ended' : 'not_told', failures: [...stopped, ...revoked] };
};

/** The failure is the caller's to report: it must not keep the user from leaving. */
const attempt = async (work: () => Promise<unknown>): Promise<unknown[]> => {
  try {
    await work();
    return [];
  } catch (error) {
    return error instanceof GrantRevoked ? [] : [error];
  }
};

const stopsAtOnce = 4;

const stopChannels = async (
  deps: LeaveDeps,
  connection: GrantedConnection,
  calendars: Calendar[],
  now: Instant,
): Promise<void> => {
  const asUser = await accessOf(deps, connection, now);
  const stopThoseOf = async ({ userId, key }: Calendar): Promise<void> => {
    const known = await deps.channels.listOf(userId, key);
    const firing = known.filter(({ state, expiresAt }) => state !== 'stopped' && expiresAt > now);
    await pMap(firing, (channel) => stop(deps, asUser, channel), { concurrency: 1, stopOnError: false });
  };
  await pMap(calendars, stopThoseOf, { concurrency: stopsAtOnce, stopOnError: false }); // One's trouble is not another's [R10].
};

/** One whose resource id is not known can only be left to expire. */
const stop = async ({ google, channels }: LeaveDeps, asUser: CallGoogle, channel: Channel): Promise<void> => {
  const { id, resourceId } = channel;
  if (resourceId === undefined) return;
  await asUser((caller) => google.stop(caller, { id, resourceId }));
  await channels.note({ ...channel, state: 'stopped' });
};

/** A fresh access token is for these calls only: the tokens are about to be forgotten, or are already. */
const accessOf = async (
  { oauth, vault }: LeaveDeps,
  connection: GrantedConnection,
  now: Instant,
): Promise<CallGoogle> => {
  const connections = { saveTokens: async () => undefined };
  return googleAccess({ oauth: await oauth(), vault, connections }, connection, now);
};

const revoke = async ({ oauth, vault }: LeaveDeps, { refreshToken, userId }: GrantedConnection): Promise<void> => {
  const { revoke } = await oauth();
  await revoke(await vault.open(refreshToken, userId));
};

/** A consent has come back from Google: keep the grant sealed, take in the calendars, have each synced. */
import type { Calendar } from '../domain/calendar.ts';
import type { Connection } from '../domain/connection.ts';
import { calendarKeyOf } from '../domain/derived-ids.ts';
import type { ChainId, UserId } from '../domain/ids.ts';
import { hour, type Instant, plusMs } from '../domain/instant.ts';
import type { GoogleCalendar, ListedCalendar } from '../google/calendar-api.ts';
import type { Grant } from '../google/oauth.ts';
import { quotaUserOf } from '../google/quota-user.ts';
import { freshHint } from '../queue/hint.ts';
import type { SyncQueue } from '../queue/sync-queue.ts';
import { Problem } from '../runtime/problem.ts';
import type { TokenVault } from '../runtime/token-vault.ts';
import type { CalendarRegistry } from '../store/calendars.ts';
import type { ConnectionRegistry, SealedGrant } from '../store/connections.ts';
import type { ConnectionStore } from '../sync/ports.ts';

export type ConnectDeps = {
  connections: ConnectionStore & ConnectionRegistry;
  calendars: CalendarRegistry;
  google: GoogleCalendar;
  vault: TokenVault;
  queue: SyncQueue;
};

/** The user's consent, redeemed. */
export type Consented = { userId: UserId; grant: Grant; chainId: ChainId; now: Instant };

/** The sweep looks after a new calendar for the first time this much later. */
const firstSweepAfterMs = 1 * hour;

/** Repeating it, with another grant of the same account, resumes what is there and loses nothing. */
export const connect = async (
  deps: ConnectDeps,
  consented: Consented,
): Promise<{ account: string; calendars: Calendar[] }> => {
  const { userId, grant, chainId, now } = consented;
  const listed = await deps.google.listCalendars({ accessToken: grant.accessToken, quotaUser: quotaUserOf(userId) });
  const account = accountOf(listed);
  const known = await deps.connections.load(userId);
  if (known !== undefined && known.account !== account) throw otherAccount(known);

  const sealed = await seal(deps.vault, consented, known);
  const connection = known === undefined ? firstConnection(userId, account, sealed) : { ...known, ...sealed };
  if (known === undefined) await deps.connections.create(connection);
  else await deps.connections.resume(known, sealed);

  const calendars = listed.map((calendar) => toCalendar(connection, calendar));
  const dueAt = plusMs(now, firstSweepAfterMs);
  const grantHadDied = known?.state === 'needs_reauth';
  for (const calendar of calendars) await deps.calendars.register(calendar, { dueAt, renewChannel: grantHadDied });
  for (const { key, enabled } of calendars) {
    if (enabled) await deps.queue.send(freshHint(key, 'connected', chainId));
  }
  return { account, calendars };
};

/** The account's name is its primary calendar's id: no further scope is needed to know it. */
const accountOf = (calendars: ListedCalendar[]): string => {
  const primary = calendars.find(({ primary }) => primary);
  if (primary === undefined) throw new Problem('consent-incomplete', 'This Google account has no calendar');
  return primary.id;
};

const otherAccount = ({ account }: Connection): Problem =>
  new Problem('other-account', `Already connected to ${account}. Choose that account at Google.`);

/** Google may leave out the refresh token when it has given one before; one that has died is of no use then. */
const seal = async (
  vault: TokenVault,
  { userId, grant }: Consented,
  known: Connection | undefined,
): Promise<SealedGrant> => {
  const lasting = known?.state === 'connected' ? known.refreshToken : undefined;
  const refreshToken = grant.refreshToken === undefined ? lasting : await vault.seal(grant.refreshToken, userId);
  if (refreshToken === undefined) {
    throw new Problem('consent-incomplete', 'Google gave no lasting access. Start again from "connect".');
  }
  const accessToken = await vault.seal(grant.accessToken, userId);
  return { state: 'connected', refreshToken, accessToken, accessTokenExpiresAt: grant.accessTokenExpiresAt };
};

const firstConnection = (userId: UserId, account: string, sealed: SealedGrant): Connection => ({
  userId,
  account,
  connectGeneration: 1,
  realTimeSync: true,
  ...sealed,
});

/** Calendars of one's own take one's time; those of others, and subscriptions such as holidays, do not. */
const toCalendar = (
  connection: Connection,
  { id, summary, timeZone, primary, owned, writable }: ListedCalendar,
): Calendar => ({
  key: calendarKeyOf(connection.userId, connection.account, id),
  userId: connection.userId,
  calendarId: id,
  summary,
  timeZone,
  role: primary ? 'bookings' : 'blocks',
  enabled: owned,
  ...(!writable && { writable }),
  realTimeSync: connection.realTimeSync,
  watchable: true,
  connectGeneration: connection.connectGeneration,
});

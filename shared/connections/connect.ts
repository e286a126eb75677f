/**
 * A consent has come back from Google: keep the grant sealed, take in the calendars, have each synced. Whatever is left
 * undone when this is cut off, the user's next consent does.
 */

import { lastLookAt } from '../channels/next-due.ts';
import { markDue } from '../channels/renew-now.ts';
import type { Calendar } from '../domain/calendar.ts';
import { type Connection, isOfAccount, type SealedGrant } from '../domain/connection.ts';
import type { ChainId, UserId } from '../domain/ids.ts';
import { hour, type Instant, plusMs } from '../domain/instant.ts';
import type { GoogleCalendar, ListedCalendar } from '../google/calendar-api.ts';
import type { Grant } from '../google/oauth.ts';
import { quotaUserOf } from '../google/quota-user.ts';
import type { ChannelStore, ConnectionStore } from '../ports.ts';
import { freshHint } from '../queue/hint.ts';
import type { SyncQueue } from '../queue/sync-queue.ts';
import type { CalendarGenerations, CalendarRegistry } from '../store/calendars.ts';
import type { ConnectionRegistry } from '../store/connections.ts';
import { accountOf, toCalendar } from './listed-account.ts';
import { type ConnectionPlan, planConnection } from './plan-connection.ts';
import { seal } from './seal-grant.ts';
import { type Leave, type LeaveDeps, takeLeave } from './take-leave.ts';

export type ConnectDeps = LeaveDeps & {
  connections: ConnectionStore & ConnectionRegistry;
  calendars: CalendarRegistry & CalendarGenerations;
  channels: Pick<ChannelStore, 'listOf' | 'note' | 'renewNow'>;
  google: GoogleCalendar;
  queue: SyncQueue;
};

/** The user's consent, redeemed. */
export type Consented = { userId: UserId; grant: Grant; replaceAccount: boolean; chainId: ChainId; now: Instant };

/**
 * `left`: of the account that was connected before, what Google was told. Refused, nothing has been changed:
 * - `no_calendar`: the Google account has none.
 * - `other_account`: another one is connected, and nobody has said that this one may take its place.
 * - `no_lasting_access`: Google gave no refresh token, and there is none of before.
 */
export type Connected =
  | { kind: 'connected'; account: string; calendars: Calendar[]; left?: Leave }
  | { kind: 'refused'; because: 'no_calendar' | 'no_lasting_access' }
  | { kind: 'refused'; because: 'other_account'; account: string | undefined };

/** The sweep looks after a new calendar for the first time this much later. */
const firstSweepAfterMs = 1 * hour;

/** Repeating it, with another grant of the same account, resumes what is there and loses nothing. */
export const connect = async (deps: ConnectDeps, consented: Consented): Promise<Connected> => {
  const { userId, grant, replaceAccount, chainId, now } = consented;
  const listed = await deps.google.listCalendars({ accessToken: grant.accessToken, quotaUser: quotaUserOf(userId) });
  const account = accountOf(listed);
  if (account === undefined) return { kind: 'refused', because: 'no_calendar' };
  const known = await deps.connections.load(userId);
  const plan = planConnection(known, account, replaceAccount);
  if (plan === 'refuse') return { kind: 'refused', because: 'other_account', account: known?.account };
  const sealed = await seal(deps.vault, consented, plan === 'resume' ? known : undefined);
  if (sealed === undefined) return { kind: 'refused', because: 'no_lasting_access' };

  const left = plan === 'replace' && known ? await leave(deps, known, now) : undefined;
  const connection = await keep(deps, { userId, account, known, plan, sealed, now });
  await retireOthers(deps, connection, now);
  const calendars = await takeIn(deps, connection, { listed, known, now });
  await bringAlong(deps, connection, now);
  for (const { key, enabled } of await deps.calendars.listOf(userId)) {
    if (enabled) await deps.queue.send(freshHint(key, 'connected', chainId));
  }
  for (const { key } of await deps.calendars.listReplaced(userId)) {
    await deps.queue.send(freshHint(key, 'disabled', chainId)); // Its job sees to what it leaves behind.
  }
  return { kind: 'connected', account, calendars, ...(left && { left }) };
};

/**
 * Before its tokens are replaced: nobody could tell Google afterwards. Should this be cut off, the old account goes on, so what
 * it loses here is due to be renewed [R7].
 */
const leave = async (deps: ConnectDeps, known: Connection, now: Instant): Promise<Leave> => {
  const calendars = await deps.calendars.listOf(known.userId);
  for (const calendar of calendars.filter(({ channel }) => channel !== undefined)) await markDue(deps, calendar, now);
  return takeLeave(deps, known, calendars, now);
};

type Kept = {
  userId: UserId;
  account: string;
  known: Connection | undefined;
  plan: ConnectionPlan;
  sealed: SealedGrant;
  now: Instant;
};

const keep = async (
  { connections }: ConnectDeps,
  { userId, account, known, plan, sealed, now }: Kept,
): Promise<Connection> => {
  const granted = { ...sealed, state: 'connected' as const, since: now };
  if (known === undefined) {
    const first: Connection = { userId, account, connectGeneration: 1, realTimeSync: true, ...granted };
    await connections.create(first);
    return first;
  }
  if (plan === 'resume') {
    await connections.resume(known, sealed, now);
    return { ...known, ...granted };
  }
  const realTimeSync = plan === 'replace' || known.realTimeSync;
  await connections.startAfresh(known, { account, realTimeSync, grant: sealed }, now);
  return { ...known, account, realTimeSync, connectGeneration: known.connectGeneration + 1, ...granted };
};

/** Calendars of other accounts, also of a consent that was cut off earlier. Those of a later consent are left alone [R13]. */
const retireOthers = async ({ calendars }: ConnectDeps, connection: Connection, now: Instant): Promise<void> => {
  const earlier = (await calendars.listOf(connection.userId)).filter(
    ({ connectGeneration }) => connectGeneration < connection.connectGeneration,
  );
  const others = earlier.filter((calendar) => !isOfAccount(connection, calendar));
  for (const calendar of others) await calendars.retire(calendar, lastLookAt(now));
};

type Taking = { listed: ListedCalendar[]; known: Connection | undefined; now: Instant };

const takeIn = async (
  deps: ConnectDeps,
  connection: Connection,
  { listed, known, now }: Taking,
): Promise<Calendar[]> => {
  const calendars = listed.map((calendar) => toCalendar(connection, calendar));
  const dueAt = plusMs(now, firstSweepAfterMs);
  const renewChannel = known?.state === 'needs_reauth';
  for (const calendar of calendars) await deps.calendars.register(calendar, { dueAt, renewChannel });
  return calendars;
};

/** Calendars that Google no longer lists may be gone, or only hidden: they keep their switches, and the sync finds out [F25]. */
const bringAlong = async ({ calendars }: ConnectDeps, connection: Connection, now: Instant): Promise<void> => {
  const { userId, connectGeneration, realTimeSync } = connection;
  const left = (await calendars.listOf(userId)).filter((calendar) => calendar.connectGeneration < connectGeneration);
  const how = { dueAt: plusMs(now, firstSweepAfterMs), renewChannel: false };
  for (const calendar of left) await calendars.register({ ...calendar, connectGeneration, realTimeSync }, how);
};

/**
 * Gives a calendar the channel it should have: saved → watched → active → the old ones stopped (`design.md` §6).
 * Whatever it leaves undone when it is cut off, the next run of the job does.
 */
import type { Calendar } from '../domain/calendar.ts';
import type { Channel, ChannelSlot } from '../domain/channel.ts';
import type { CalendarId, ChannelId } from '../domain/ids.ts';
import { hour, type Instant, plusMs } from '../domain/instant.ts';
import { GoogleError } from '../google/google-error.ts';
import { nextDueAt } from '../sync/next-due.ts';
import type { ChannelStore } from '../sync/ports.ts';
import { planChannel, renewalTime, retryTime } from './renewal-plan.ts';

export type ChannelDeps = {
  channels: ChannelStore;
  watch(request: { calendarId: CalendarId; channelId: ChannelId; token: string; expiresAt: Instant }): Promise<Watched>;
  stop(channel: { id: ChannelId; resourceId: string }): Promise<void>;
  channelToken(calendar: Calendar, channelId: ChannelId, expiresAt: Instant): string;
  newChannelId(): ChannelId;
  channelLifetimeMs: number;
  /** In [0, 1). */
  random(): number;
};
type Watched = { resourceId: string; expiresAt: Instant };

/** `failed`: Google refused or did not answer; the state says what is left to do, and the next run or the sweep does it. */
export type ChannelOutcome =
  | { kind: 'kept' | 'created' | 'removed' | 'unwatchable' | 'none' }
  | { kind: 'failed'; error: GoogleError };

/** A notification may be on its way when its channel expires. */
const tokenGraceMs = 1 * hour;

export const reconcileChannel = async (
  deps: ChannelDeps,
  calendar: Calendar,
  now: Instant,
): Promise<ChannelOutcome> => {
  try {
    return await carryOut(deps, calendar, now);
  } catch (error) {
    if (!isGooglesTrouble(error)) throw error;
    return { kind: 'failed', error };
  }
};

/** All but a token that is no good: that is the connection's trouble, not the channel's. */
const isGooglesTrouble = (error: unknown): error is GoogleError =>
  error instanceof GoogleError && error.outcome !== 'unauthorized';

const carryOut = async (deps: ChannelDeps, calendar: Calendar, now: Instant): Promise<ChannelOutcome> => {
  switch (planChannel(calendar, now)) {
    case 'keep':
      return { kind: 'kept' };
    case 'nothing':
      return { kind: 'none' };
    case 'settle':
      await settle(deps, calendar, now);
      return { kind: 'kept' };
    case 'remove':
      await stopAllBut(deps, calendar, undefined, now);
      await deps.channels.vacate(calendar, calendar.watchable);
      return { kind: 'removed' };
    case 'create':
      return create(deps, calendar, now);
  }
};

const create = async (deps: ChannelDeps, calendar: Calendar, now: Instant): Promise<ChannelOutcome> => {
  const channel = newChannel(deps, calendar, now);
  const failures = calendar.channel?.failures ?? 0;
  const slot: ChannelSlot = { id: channel.id, state: 'creating', expiresAt: channel.expiresAt, renewAt: now, failures };
  await deps.channels.begin(calendar, channel, slot);

  const watched = await watch(deps, calendar, channel);
  if (watched instanceof GoogleError) return giveUp(deps, calendar, { channel, slot, error: watched }, now);

  const renewAt = renewalTime(now, watched.expiresAt);
  const active: ChannelSlot = { id: channel.id, ...watched, state: 'active', renewAt, unsettled: true };
  const dueAt = nextDueAt({ ...calendar, channel: active }, now, deps.random());
  await deps.channels.activate(calendar, { ...channel, ...watched, state: 'active' }, active, dueAt);
  await settle(deps, { ...calendar, channel: active }, now);
  return { kind: 'created' };
};

/** For good when the calendar cannot be watched, else for a while: the pull must not wait for it [F26]. */
const giveUp = async (
  deps: ChannelDeps,
  calendar: Calendar,
  { channel, slot, error }: { channel: Channel; slot: ChannelSlot; error: GoogleError },
  now: Instant,
): Promise<ChannelOutcome> => {
  if (error.outcome === 'unwatchable') {
    await deps.channels.vacate({ ...calendar, channel: slot }, false);
    await deps.channels.setState(channel, 'stopped');
    return { kind: 'unwatchable' };
  }
  const failures = (slot.failures ?? 0) + 1;
  await deps.channels.postpone(calendar, { ...slot, failures, renewAt: retryTime(failures, now) });
  return { kind: 'failed', error };
};

const settle = async (deps: ChannelDeps, calendar: Calendar, now: Instant): Promise<void> => {
  await stopAllBut(deps, calendar, calendar.channel?.id, now);
  await deps.channels.settle(calendar);
};

const newChannel = (deps: ChannelDeps, calendar: Calendar, now: Instant): Channel => ({
  id: deps.newChannelId(),
  userId: calendar.userId,
  calendarKey: calendar.key,
  calendarId: calendar.calendarId,
  state: 'creating',
  createdAt: now,
  expiresAt: plusMs(now, deps.channelLifetimeMs),
});

const watch = async (
  deps: ChannelDeps,
  calendar: Calendar,
  { id, expiresAt }: Channel,
): Promise<Watched | GoogleError> => {
  const token = deps.channelToken(calendar, id, plusMs(expiresAt, tokenGraceMs));
  try {
    return await deps.watch({ calendarId: calendar.calendarId, channelId: id, token, expiresAt });
  } catch (error) {
    if (!isGooglesTrouble(error)) throw error;
    return error;
  }
};

/** Stops every other channel of the calendar; without a resource id one can only be left to expire. */
const stopAllBut = async (
  deps: ChannelDeps,
  calendar: Calendar,
  current: ChannelId | undefined,
  now: Instant,
): Promise<void> => {
  const known = await deps.channels.listOf(calendar.userId, calendar.key);
  for (const channel of known) {
    if (channel.id === current || channel.state === 'stopped') continue;
    if (channel.state !== 'superseded') await deps.channels.setState(channel, 'superseded');
    const { id, resourceId, expiresAt } = channel;
    if (resourceId !== undefined && expiresAt > now) await deps.stop({ id, resourceId });
    if (resourceId !== undefined || expiresAt <= now) await deps.channels.setState(channel, 'stopped');
  }
};

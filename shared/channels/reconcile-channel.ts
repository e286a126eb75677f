/**
 * Gives a calendar the channel it should have: saved → watched → active → the old ones stopped [R7]. The sync job
 * and the renewal worker both do this, even at the same time. Whatever one leaves undone when it is cut off, the next does.
 */
import type { Calendar } from '../domain/calendar.ts';
import type { Channel, ChannelSlot } from '../domain/channel.ts';
import { Superseded } from '../domain/errors.ts';
import type { CalendarId, ChannelId } from '../domain/ids.ts';
import { hour, type Instant, minute, plusMs } from '../domain/instant.ts';
import { GoogleError } from '../google/google-error.ts';
import { inOneWord } from '../google/trouble.ts';
import { nextDueAt } from './next-due.ts';
import { activeSlot, creatingSlot, planChannel } from './renewal-plan.ts';
import { isGooglesTrouble, type StillFiring, type StopDeps, stopOthers } from './stop-channels.ts';

export type ChannelDeps = StopDeps & {
  watch(request: { calendarId: CalendarId; channelId: ChannelId; token: string; expiresAt: Instant }): Promise<Watched>;
  channelToken(calendar: Calendar, channelId: ChannelId, expiresAt: Instant): string;
  newChannelId(): ChannelId;
  channelLifetimeMs: number;
  /** In [0, 1). */
  random(): number;
};
type Watched = { resourceId: string; expiresAt: Instant };

/**
 * - `created`: there was none. `renewed`: it took the place of another.
 * - `overtaken`: someone else sees to it right now.
 * - `failed`: Google refused or did not answer; the state says what is left to do, and the next run or the sweep does it.
 *
 * `unstopped`: why a channel that is no longer wanted may still fire.
 */
export type ChannelOutcome =
  | { kind: 'kept' | 'created' | 'renewed' | 'removed'; unstopped?: GoogleError }
  | { kind: 'unwatchable' | 'none' | 'overtaken' }
  | { kind: 'failed'; error: GoogleError };

/** A notification may be on its way when its channel expires. */
const tokenGraceMs = 1 * hour;
/** A stop that has failed is tried again after this. */
const settleRetryMs = 10 * minute;

export const reconcileChannel = async (
  deps: ChannelDeps,
  calendar: Calendar,
  now: Instant,
): Promise<ChannelOutcome> => {
  try {
    return await carryOut(deps, calendar, now);
  } catch (error) {
    if (error instanceof Superseded) return { kind: 'overtaken' };
    throw error;
  }
};

const carryOut = async (deps: ChannelDeps, calendar: Calendar, now: Instant): Promise<ChannelOutcome> => {
  switch (planChannel(calendar, now)) {
    case 'keep':
      return { kind: 'kept' };
    case 'nothing':
      return { kind: 'none' };
    case 'settle':
      return { kind: 'kept', ...(await settle(deps, calendar, now)) };
    case 'remove':
      return remove(deps, calendar, now);
    case 'create':
      return create(deps, calendar, now);
  }
};

const create = async (deps: ChannelDeps, calendar: Calendar, now: Instant): Promise<ChannelOutcome> => {
  const channel = newChannel(deps, calendar, now);
  const slot = creatingSlot(channel, calendar.channel);
  await deps.channels.begin(calendar, channel, slot);

  const watched = await watch(deps, calendar, channel);
  if (watched instanceof GoogleError) return giveUp(deps, calendar, { channel, slot, error: watched }, now);

  const active = activeSlot(slot, watched, { now, random: deps.random() });
  const renewed = { ...calendar, channel: active };
  await activate(deps, renewed, { ...channel, ...watched, state: 'active' }, now);
  const kind = calendar.channel === undefined || slot.watchedUntil === undefined ? 'created' : 'renewed';
  return { kind, ...(await settle(deps, renewed, now)) };
};

/** Whoever has lost the slot while Google answered takes its own channel back. */
const activate = async (deps: ChannelDeps, calendar: Calendar, channel: Channel, now: Instant): Promise<void> => {
  const slot = calendar.channel as ChannelSlot;
  try {
    await deps.channels.activate(calendar, channel, slot, nextDueAt(calendar, now, deps.random()));
  } catch (error) {
    if (error instanceof Superseded) await takeBack(deps, channel);
    throw error;
  }
};

const takeBack = async ({ channels, stop }: StopDeps, channel: Channel): Promise<void> => {
  await channels.note({ ...channel, state: 'superseded' });
  try {
    await stop({ id: channel.id, resourceId: channel.resourceId ?? '' });
  } catch (error) {
    if (isGooglesTrouble(error)) return; // The next renewal stops it, or its own next notification.
    throw error;
  }
  await channels.note({ ...channel, state: 'stopped' });
};

/** For good when the calendar cannot be watched, else for a while: the pull must not wait for it [F26]. */
const giveUp = async (
  { channels }: ChannelDeps,
  calendar: Calendar,
  { channel, slot, error }: { channel: Channel; slot: ChannelSlot; error: GoogleError },
  now: Instant,
): Promise<ChannelOutcome> => {
  if (error.outcome === 'unwatchable') {
    await channels.giveUp({ ...calendar, channel: slot }, now);
    await channels.note({ ...channel, state: 'stopped' });
    return { kind: 'unwatchable' };
  }
  await channels.postpone(calendar, { ...slot, reason: inOneWord(error) });
  return { kind: 'failed', error };
};

/** Real-time sync, or the calendar, is switched off. One that cannot be stopped keeps the slot until it has expired. */
const remove = async (deps: ChannelDeps, calendar: Calendar, now: Instant): Promise<ChannelOutcome> => {
  const { error, left } = await stopOthers(deps, calendar, undefined, now);
  if (error !== undefined) {
    await putOff(deps, calendar, { error, left }, now);
    return { kind: 'failed', error };
  }
  await deps.channels.vacate(calendar);
  return { kind: 'removed' };
};

const settle = async (deps: ChannelDeps, calendar: Calendar, now: Instant): Promise<{ unstopped?: GoogleError }> => {
  const firing = await stopOthers(deps, calendar, calendar.channel?.id, now);
  if (firing.left.length === 0) await deps.channels.settle(calendar);
  else await putOff(deps, calendar, firing, now);
  return firing.error === undefined ? {} : { unstopped: firing.error };
};

/** What has failed is tried again; what nobody can stop ends by itself, and is noted then. */
const putOff = async (deps: ChannelDeps, calendar: Calendar, { left, error }: StillFiring, now: Instant) => {
  const [firstEnd = now] = left.map(({ expiresAt }) => expiresAt).toSorted();
  const retryAt = plusMs(now, settleRetryMs);
  const settleAt = error !== undefined && retryAt < firstEnd ? retryAt : firstEnd;
  const waiting = { ...calendar, channel: { ...(calendar.channel as ChannelSlot), settleAt } };
  await deps.channels.deferSettling(calendar, settleAt, nextDueAt(waiting, now, deps.random()));
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

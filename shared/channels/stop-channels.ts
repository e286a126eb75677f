/**
 * Stops a calendar's channels that have been replaced. None is forgotten before it has expired [F21], and one that cannot be
 * stopped holds up nothing.
 */
import type { Calendar } from '../domain/calendar.ts';
import type { Channel } from '../domain/channel.ts';
import type { ChannelId } from '../domain/ids.ts';
import type { Instant } from '../domain/instant.ts';
import { GoogleError } from '../google/google-error.ts';
import type { ChannelStore } from '../ports.ts';

export type StopDeps = {
  channels: ChannelStore;
  /** `unknown`: Google knows no such pair of id and resource, or the channel has ended. */
  stop(channel: { id: ChannelId; resourceId: string }): Promise<'stopped' | 'unknown'>;
};

/** What may still fire: the channels themselves, and why one could not be stopped. */
export type StillFiring = { left: Channel[]; error?: GoogleError };

/** Without `current`, all of them. Throws when the token is no good: that is the connection's trouble, not the channel's. */
export const stopOthers = async (
  deps: StopDeps,
  calendar: Calendar,
  current: ChannelId | undefined,
  now: Instant,
): Promise<StillFiring> => {
  const known = await deps.channels.listOf(calendar.userId, calendar.key);
  // A late worker must not stop the channel that has taken the place of its own [R13].
  const newest = known.find(({ id }) => id === current)?.createdAt ?? now;
  const others = known.filter((channel) => channel.id !== current && channel.createdAt <= newest && mayFire(channel));
  const sibling = known.find(({ resourceId }) => resourceId !== undefined)?.resourceId;

  const firing: StillFiring = { left: [] };
  for (const channel of others) {
    try {
      if (!(await isEnded(deps, channel, sibling, now))) firing.left.push(channel);
    } catch (error) {
      if (!isGooglesTrouble(error)) throw error;
      firing.left.push(channel);
      firing.error ??= error;
    }
  }
  return firing;
};

const mayFire = ({ state }: Channel): boolean => state !== 'stopped' && state !== 'expired';

/**
 * One whose maker died between `watch` and the note of it has no resource id. The channels of one user on one calendar share
 * it, as far as is known; if this one does not, it brings its own when it fires (stop-stray.ts).
 */
const isEnded = async (
  { channels, stop }: StopDeps,
  channel: Channel,
  sibling: string | undefined,
  now: Instant,
): Promise<boolean> => {
  if (channel.expiresAt <= now) {
    await channels.note({ ...channel, state: 'expired' });
    return true;
  }
  if (channel.state !== 'superseded') await channels.note({ ...channel, state: 'superseded' });
  const resourceId = channel.resourceId ?? sibling;
  if (resourceId === undefined) return false;
  const answer = await stop({ id: channel.id, resourceId });
  if (answer === 'unknown' && channel.resourceId === undefined) return false;
  await channels.note({ ...channel, resourceId, state: 'stopped' });
  return true;
};

/** Anything but a bad token. */
export const isGooglesTrouble = (error: unknown): error is GoogleError =>
  error instanceof GoogleError && error.outcome !== 'unauthorized';

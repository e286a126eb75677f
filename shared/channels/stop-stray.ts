/**
 * A channel that fires although it is not the calendar's current one: its maker died between `watch` and the note of it, or
 * a stop went astray. Its own notification brings what stopping it takes, the resource id [R7][F20][F21].
 */
import type { Calendar } from '../domain/calendar.ts';
import type { ChannelId } from '../domain/ids.ts';
import { isGooglesTrouble, type StopDeps } from './stop-channels.ts';

export type FiringChannel = { id: ChannelId; resourceId: string };

/**
 * Does nothing while there is no active channel to take over, nor when this one was stopped by the name it fires under: it may
 * fire on for a while, and its notifications may be replayed.
 */
export const stopStray = async (deps: StopDeps, calendar: Calendar, firing: FiringChannel): Promise<void> => {
  const current = calendar.channel;
  if (current?.state !== 'active' || current.id === firing.id) return;
  const known = await deps.channels.listOf(calendar.userId, calendar.key);
  const stray = known.find(({ id }) => id === firing.id);
  if (stray?.state === 'stopped' && stray.resourceId === firing.resourceId) return;
  try {
    await deps.stop(firing);
  } catch (error) {
    if (isGooglesTrouble(error)) return; // Its next notification tries again.
    throw error;
  }
  if (stray !== undefined) await deps.channels.note({ ...stray, resourceId: firing.resourceId, state: 'stopped' });
};

/** Shell: a user wants new channels now. Marks them as due and has each calendar's job see to it: repeating it does no harm. */
import type { Calendar } from '../domain/calendar.ts';
import { Superseded } from '../domain/errors.ts';
import type { CalendarId, ChainId, UserId } from '../domain/ids.ts';
import { type Instant, minute, plusMs } from '../domain/instant.ts';
import type { ChannelStore } from '../ports.ts';
import { freshHint } from '../queue/hint.ts';
import type { SyncQueue } from '../queue/sync-queue.ts';
import type { CalendarRegistry } from '../store/calendars.ts';
import { channelStandingOf } from './standing.ts';

export type RenewNowDeps = {
  calendars: Pick<CalendarRegistry, 'listOf'>;
  channels: Pick<ChannelStore, 'renewNow'>;
  queue: SyncQueue;
};

/**
 * - `recent`: a channel was asked for a moment ago, and is not asked for again.
 * - `unwatchable`: Google has said that it sends no notifications for this calendar; it is asked again.
 * - `off`: no channel is wanted.
 */
export type Renewing = { calendarId: CalendarId; state: 'renewing' | 'recent' | 'unwatchable' | 'off' };

/** At most one new channel per calendar in this time. */
const restMs = 1 * minute;

export const renewNow = async (
  deps: RenewNowDeps,
  userId: UserId,
  { chainId, now }: { chainId: ChainId; now: Instant },
): Promise<Renewing[]> => {
  const calendars = await deps.calendars.listOf(userId);
  const answers: Renewing[] = [];
  for (const calendar of calendars) {
    const state = stateOf(calendar, now);
    answers.push({ calendarId: calendar.calendarId, state });
    if (state === 'off' || isRecent(calendar, now)) continue;
    if (calendar.channel !== undefined || !calendar.watchable) await markDue(deps, calendar, now);
    await deps.queue.send(freshHint(calendar.key, 'manual', chainId));
  }
  return answers;
};

const stateOf = (calendar: Calendar, now: Instant): Renewing['state'] => {
  const standing = channelStandingOf(calendar, now);
  if (standing === 'off' || standing === 'unwatchable') return standing;
  return isRecent(calendar, now) ? 'recent' : 'renewing';
};

const isRecent = ({ channel, unwatchableSince }: Calendar, now: Instant): boolean => {
  const askedAt = channel?.createdAt ?? unwatchableSince;
  return askedAt !== undefined && now < plusMs(askedAt, restMs);
};

/** When the slot has changed since, someone is renewing it at this moment. */
export const markDue = async (
  { channels }: Pick<RenewNowDeps, 'channels'>,
  calendar: Calendar,
  now: Instant,
): Promise<void> => {
  try {
    await channels.renewNow(calendar, now);
  } catch (error) {
    if (!(error instanceof Superseded)) throw error;
  }
};

/** How a calendar stands, in one word. */
import type { Calendar } from '../domain/calendar.ts';
import type { Connection } from '../domain/connection.ts';

/** `polled`: no channel is wanted, or Google gives none, so only the sweep finds changes. `degraded`: the last sync failed. */
export const calendarStates = ['disabled', 'needs_reauth', 'degraded', 'initial_sync', 'polled', 'synced'] as const;
export type CalendarState = (typeof calendarStates)[number];

/** `reason`: why it is degraded, or disabled by no choice of anyone's. */
export type CalendarStanding = { state: CalendarState; reason?: string };

export const calendarStandingOf = (calendar: Calendar, consent: Connection['state']): CalendarStanding => {
  const { enabled, disabledBecause, trouble, cursor, realTimeSync, watchable } = calendar;
  if (!enabled) return { state: 'disabled', ...(disabledBecause && { reason: disabledBecause }) };
  if (consent === 'needs_reauth') return { state: 'needs_reauth' };
  if (trouble !== undefined) return { state: 'degraded', reason: trouble.reason };
  if (cursor === undefined) return { state: 'initial_sync' };
  return { state: realTimeSync && watchable ? 'synced' : 'polled' };
};

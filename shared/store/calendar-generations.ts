/** Calendars between connect generations: let go, retired, begun anew. */

import type { Calendar } from '../domain/calendar.ts';
import { Superseded } from '../domain/errors.ts';
import type { Instant } from '../domain/instant.ts';
import { switchesOf, withoutProgress } from '../domain/next-generation.ts';
import { dueKeysOf, neverDue, updateCalendar } from './calendar-update.ts';
import { keys } from './keys.ts';
import type { Table } from './table.ts';

export type CalendarGenerations = {
  /** Its user has disconnected: until it is registered again it is never due, and workers of before change nothing [R13]. */
  letGo(read: Calendar, connectGeneration: number): Promise<void>;
  /** Another account has taken the place of its own: it is off, due once more, and not listed any more. */
  retire(read: Calendar, lastDueAt: Instant): Promise<void>;
};

export const calendarGenerations = (table: Table): CalendarGenerations => ({
  letGo: ({ key, connectGeneration: read }, connectGeneration) => {
    const set = { connectGeneration, channel: undefined };
    const change = { key: keys.calendar(key), set, expect: { connectGeneration: read }, indexed: neverDue };
    return updateCalendar(table, change, 'it was let go');
  },

  retire: ({ key, connectGeneration }, lastDueAt) => {
    const set = { ...withoutProgress, enabled: false, role: 'blocks', disabledBecause: 'account_replaced' };
    const change = { key: keys.calendar(key), set, expect: { connectGeneration }, indexed: dueKeysOf(key, lastDueAt) };
    return updateCalendar(table, change, 'it was retired');
  },
});

/** `listed`: as the new connect generation has found it. */
export const beginAnew = (table: Table, stored: Calendar, listed: Calendar, dueAt: Instant): Promise<void> => {
  if (stored.connectGeneration > listed.connectGeneration) throw new Superseded('The user has connected afresh since');
  const { key, ...found } = listed;
  const switches = switchesOf(stored, listed);
  const set = { writable: undefined, ...found, ...switches, ...withoutProgress };
  const expect = { connectGeneration: stored.connectGeneration };
  const indexed = switches.enabled ? dueKeysOf(key, dueAt) : neverDue;
  return updateCalendar(table, { key: keys.calendar(key), set, expect, indexed }, 'it began anew');
};

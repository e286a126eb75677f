/** Calendars: the state that every sync begins with and ends by moving on. */
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import type { Calendar } from '../domain/calendar.ts';
import { withSync } from '../domain/recent-syncs.ts';
import type { CalendarStore } from '../ports.ts';
import { mending } from '../schedule/comparison-plan.ts';
import { type CalendarGenerations, calendarGenerations } from './calendar-generations.ts';
import { type CalendarRegistry, calendarRegistry } from './calendar-registry.ts';
import { neverDue, unlisted, unmoved, updateCalendar, withoutReports } from './calendar-update.ts';
import { type DueCalendars, dueBy, dueCalendars } from './due-calendars.ts';
import type { ItemUpdate } from './item-update.ts';
import { keys } from './keys.ts';
import { fromItem, type Table } from './table.ts';

export type { CalendarGenerations, CalendarRegistry, DueCalendars };

export const calendarStore = (table: Table): CalendarStore & CalendarRegistry & CalendarGenerations & DueCalendars => {
  const update = (read: Calendar, set: Partial<Record<keyof Calendar, unknown>>, what: string, more?: Also) =>
    updateCalendar(table, { key: keys.calendar(read.key), set, expect: unmoved(read), ...more }, what);

  return {
    async load(key) {
      const { Item } = await table.client.send(
        new GetCommand({ TableName: table.name, Key: keys.calendar(key), ConsistentRead: true }),
      );
      return Item && fromItem<Calendar>(Item);
    },

    commitListing: (read, commit) =>
      update(
        read,
        { ...commit, recentSyncs: withSync(read.recentSyncs, 'complete'), checkpoint: undefined, trouble: undefined },
        'its cursor was saved',
        { expect: unlisted(read) },
      ),

    saveCheckpoint: (read, checkpoint) =>
      update(read, { checkpoint }, 'its checkpoint was saved', { expect: unlisted(read) }),

    noteTrouble: (read, trouble) =>
      update(read, { trouble, recentSyncs: withSync(read.recentSyncs, 'failed') }, 'its trouble was noted'),

    noteDrift: (read, drift) => update(read, { drift, ...mending(drift) }, 'its drift was noted'),

    async pauseWrites(read, until) {
      await update(read, { writesPausedUntil: until }, 'its writes were paused');
      await dueBy(table, read.key, until);
    },

    switchOff: (read, disabledBecause) => {
      const over = { ...withoutReports, channel: undefined, checkpoint: undefined };
      return update(read, { enabled: false, disabledBecause, ...over }, 'it was switched off', { indexed: neverDue });
    },

    ...calendarRegistry(table),
    ...calendarGenerations(table),
    ...dueCalendars(table),
  };
};

type Also = Partial<Pick<ItemUpdate, 'indexed' | 'expect'>>;

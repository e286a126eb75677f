/** Calendars in memory, and when each is due. */

import type { Calendar } from '../../../shared/domain/calendar.ts';
import { Superseded } from '../../../shared/domain/errors.ts';
import type { CalendarKey, UserId } from '../../../shared/domain/ids.ts';
import type { Instant } from '../../../shared/domain/instant.ts';
import { switchesOf, withoutProgress } from '../../../shared/domain/next-generation.ts';
import { withSync } from '../../../shared/domain/recent-syncs.ts';
import type { CalendarStore } from '../../../shared/ports.ts';
import { mending } from '../../../shared/schedule/comparison-plan.ts';
import type { CalendarGenerations, CalendarRegistry, DueCalendars } from '../../../shared/store/calendars.ts';
import { dueShardOf } from '../../../shared/store/keys.ts';
import type { Copy } from './revisioned.ts';

export type Calendars = Map<CalendarKey, Calendar>;
export type Due = Map<CalendarKey, Instant>;

type MemoryCalendars = CalendarStore & CalendarRegistry & CalendarGenerations & DueCalendars;

export const memoryCalendars = (calendars: Calendars, due: Due, copy: Copy = structuredClone): MemoryCalendars => {
  const change = (key: CalendarKey, set: Partial<Calendar>, isAsRead: (stored: Calendar) => boolean = () => true) => {
    const stored = calendars.get(key);
    if (stored === undefined || !isAsRead(stored)) throw new Superseded('The calendar moved on');
    calendars.set(key, { ...stored, ...copy(set) });
  };
  const remove = (key: CalendarKey, ...fields: (keyof Calendar)[]) => {
    const stored = calendars.get(key);
    if (stored === undefined) return;
    const rest = { ...stored };
    for (const field of fields) delete rest[field];
    calendars.set(key, rest);
  };
  const unmoved = (read: Calendar) => (stored: Calendar) =>
    (['cursor', 'connectGeneration', 'enabled'] as const).every((part) => stored[part] === read[part]);
  const inRole = (read: Calendar, role: Calendar['role']) => (stored: Calendar) =>
    stored.role === role && stored.connectGeneration === read.connectGeneration;
  const listOf = (userId: UserId, isReplaced: boolean) => {
    const owned = [...calendars.values()].filter(
      (calendar) => calendar.userId === userId && (calendar.disabledBecause === 'account_replaced') === isReplaced,
    );
    return copy(owned.sort((a, b) => (a.calendarId < b.calendarId ? -1 : 1)));
  };
  const unlisted = (read: Calendar) => (stored: Calendar) =>
    unmoved(read)(stored) &&
    (['startedAt', 'page'] as const).every((part) => stored.checkpoint?.[part] === read.checkpoint?.[part]);
  const progress = Object.keys(withoutProgress) as (keyof typeof withoutProgress)[];
  const ofGeneration = (read: Calendar) => (stored: Calendar) => stored.connectGeneration === read.connectGeneration;
  const beginAnew = (stored: Calendar, listed: Calendar, dueAt: Instant) => {
    if (stored.connectGeneration > listed.connectGeneration) throw new Superseded('Connected afresh since');
    const { disabledBecause, ...switches } = switchesOf(stored, listed);
    remove(listed.key, 'writable', 'disabledBecause');
    change(listed.key, { ...listed, ...switches, ...(disabledBecause && { disabledBecause }) });
    remove(listed.key, ...progress);
    if (switches.enabled) due.set(listed.key, dueAt);
    else due.delete(listed.key);
  };
  return {
    async load(key) {
      return copy(calendars.get(key));
    },
    async commitListing(read, commit) {
      change(read.key, { ...commit, recentSyncs: withSync(read.recentSyncs, 'complete') }, unlisted(read));
      remove(read.key, 'checkpoint', 'trouble');
    },
    async saveCheckpoint(read, checkpoint) {
      change(read.key, { checkpoint }, unlisted(read));
    },
    async noteTrouble(read, trouble) {
      change(read.key, { trouble, recentSyncs: withSync(read.recentSyncs, 'failed') }, unmoved(read));
    },
    async noteDrift(read, drift) {
      change(read.key, { drift, ...mending(drift) }, unmoved(read));
    },
    async pauseWrites(read, until) {
      change(read.key, { writesPausedUntil: until }, unmoved(read));
      if ((due.get(read.key) ?? until) > until) due.set(read.key, until);
    },
    async switchOff(read, disabledBecause) {
      change(read.key, { enabled: false, disabledBecause }, unmoved(read));
      remove(read.key, 'channel', 'checkpoint', 'trouble', 'recentSyncs', 'drift');
      due.delete(read.key);
    },
    async listOf(userId) {
      return listOf(userId, false);
    },
    async listReplaced(userId) {
      return listOf(userId, true);
    },
    async letGo(read, connectGeneration) {
      change(read.key, { connectGeneration }, ofGeneration(read));
      remove(read.key, 'channel');
      due.delete(read.key);
    },
    async retire(read, lastDueAt) {
      change(read.key, { enabled: false, role: 'blocks', disabledBecause: 'account_replaced' }, ofGeneration(read));
      remove(read.key, ...progress);
      due.set(read.key, lastDueAt);
    },
    async loadMany(keys) {
      return copy(keys.flatMap((key) => calendars.get(key) ?? []));
    },
    async register(calendar, { dueAt, renewChannel }) {
      const { key, summary, timeZone, writable } = calendar;
      const known = calendars.get(key);
      if (known === undefined) {
        calendars.set(key, copy(calendar));
        if (calendar.enabled) due.set(key, dueAt);
        return;
      }
      if (known.connectGeneration !== calendar.connectGeneration) return beginAnew(known, calendar, dueAt);
      change(key, { summary, timeZone, watchable: calendar.watchable, ...(writable === false && { writable }) });
      remove(key, 'unwatchableSince');
      if (writable === undefined) remove(key, 'writable');
      if (renewChannel) remove(key, 'channel');
      if (!calendar.enabled || known.disabledBecause !== 'calendar_gone') return;
      change(key, { enabled: true });
      remove(key, 'disabledBecause', 'queryVersion');
      due.set(key, dueAt);
    },
    async setRealTimeSync({ key }, realTimeSync) {
      change(key, { realTimeSync });
    },
    async setSwitches(read, { enabled, role }, dueAt) {
      if (role === 'bookings' && read.role !== 'bookings') throw new Error('Another calendar may take the bookings');
      change(read.key, { enabled, role }, inRole(read, read.role));
      remove(read.key, 'disabledBecause', 'trouble', 'recentSyncs', 'drift');
      due.set(read.key, dueAt);
    },
    async chooseBookingsCalendar(next, previous) {
      const others = [...calendars.values()].filter(({ userId, key }) => userId === next.userId && key !== next.key);
      const taken = previous === undefined && others.some(({ role }) => role === 'bookings');
      const stored = previous && calendars.get(previous.key);
      if (taken || (previous && !(stored && inRole(previous, 'bookings')(stored)))) throw new Superseded('Taken');
      change(next.key, { role: 'bookings' }, inRole(next, 'blocks'));
      if (previous) change(previous.key, { role: 'blocks' });
    },
    async listDue(shard, now, limit) {
      const inShard = [...due].filter(([key, dueAt]) => dueShardOf(key) === shard && dueAt <= now);
      return inShard
        .sort(([, a], [, b]) => (a < b ? -1 : 1))
        .slice(0, limit)
        .map(([key]) => key);
    },
    async postpone(key, dueAt) {
      change(key, {});
      if (calendars.get(key)?.enabled) due.set(key, dueAt);
      else due.delete(key);
    },
  };
};

/** Appointments in memory, the days that bookings take, and what is still to be pushed. */
import type { Appointment } from '../../../shared/domain/appointment.ts';
import type {
  AgendaReader,
  AppointmentLister,
  AppointmentStore,
  Day,
  DayReader,
  PendingReader,
} from '../../../shared/ports.ts';
import { agendaPosition } from '../../../shared/store/keys.ts';
import { datesTouchedBy, dayChanges } from '../../../shared/store/occupied-days.ts';
import { type Conflicts, type Copy, isNext, keyOf } from './revisioned.ts';

/** `indexed`: what the indexes show, where that is not at once what is stored. */
export const memoryAppointments = (
  conflicts: Conflicts,
  copy: Copy = structuredClone,
  indexed?: Map<string, Appointment>,
): AppointmentStore & AppointmentLister & AgendaReader & DayReader & PendingReader => {
  const byId = new Map<string, Appointment>();
  const shown = indexed ?? byId;
  const days = new Map<string, Day>();
  const dayOf = (userId: Day['userId'], date: string): Day =>
    days.get(`${userId}/${date}`) ?? { userId, date, version: 0, bookings: {} };

  return {
    async loadMany(userId, ids) {
      return ids.flatMap((id) => copy(byId.get(keyOf({ userId, id })) ?? []));
    },

    async save(next, { before, conflict, days: read = [] } = {}) {
      const { userId, id } = next;
      const changes = dayChanges(before, next);
      const isAsRead =
        isNext(byId, next) &&
        (conflict === undefined || isNext(conflicts, conflict)) &&
        read.every(({ date, version }) => dayOf(userId, date).version === version);
      if (!isAsRead) return 'conflict';

      byId.set(keyOf(next), copy(next));
      if (conflict) conflicts.set(keyOf(conflict), copy(conflict));
      for (const [date, span] of changes) {
        const { [id]: _, ...others } = dayOf(userId, date).bookings;
        const bookings = span === undefined ? others : { ...others, [id]: span };
        days.set(`${userId}/${date}`, { userId, date, version: dayOf(userId, date).version + 1, bookings });
      }
      return 'saved';
    },

    async listOf(userId, { limit, after = '' }) {
      const wanted = [...byId.values()]
        .filter((item) => item.userId === userId && item.id > after)
        .sort((a, b) => (a.id < b.id ? -1 : 1));
      const items = wanted.slice(0, limit).map((item) => copy(item));
      const last = items.at(-1);
      return wanted.length > limit && last ? { items, after: last.id } : { items };
    },

    async list({ userId, from, to, limit, includeCancelled, after = '' }) {
      const wanted = [...shown.values()]
        .filter((item) => item.userId === userId && item.endsAt > from && item.startsAt < to)
        .filter((item) => includeCancelled || item.status === 'confirmed')
        .map((item) => ({ item, position: agendaPosition(item.startsAt, item.id) }))
        .filter(({ position }) => position > after)
        .sort((a, b) => (a.position < b.position ? -1 : 1));
      const page = wanted.slice(0, limit);
      const last = page.at(-1);
      const items = page.map(({ item }) => copy(item));
      return wanted.length > limit && last ? { items, after: last.position } : { items };
    },

    async loadDays(userId, startsAt, endsAt) {
      return datesTouchedBy({ startsAt, endsAt }).map((date) => copy(dayOf(userId, date)));
    },

    async listPending(key, now, limit) {
      return [...shown.values()]
        .flatMap(({ userId, id, sync }) => (sync.state === 'pending' ? { userId, id, ...sync } : []))
        .filter(({ target, notBefore }) => target.calendarKey === key && notBefore <= now)
        .sort((a, b) => (`${a.notBefore}#${a.id}` < `${b.notBefore}#${b.id}` ? -1 : 1))
        .slice(0, limit)
        .map(({ userId, id }) => ({ userId, id }));
    },
  };
};

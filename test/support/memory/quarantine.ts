/** The quarantine in memory. */
import type { CalendarKey, EventId } from '../../../shared/domain/ids.ts';
import type { Quarantine } from '../../../shared/ports.ts';

export const memoryQuarantine = (): Quarantine => {
  const parked = new Map<CalendarKey, Set<EventId>>();
  const of = (key: CalendarKey) => parked.get(key) ?? new Set<EventId>();
  return {
    async list(key) {
      return new Set(of(key));
    },
    async park(key, eventId) {
      parked.set(key, of(key).add(eventId));
    },
    async release(key, eventId) {
      of(key).delete(eventId);
    },
  };
};

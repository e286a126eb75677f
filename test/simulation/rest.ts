/** What must hold once all is at rest: both sides agree, and whatever anybody has said is accounted for. */
import type { Appointment } from '../../shared/domain/appointment.ts';
import type { Conflict } from '../../shared/domain/conflict.ts';
import type { EventBody } from '../google/state.ts';
import { type Accounts, userIdOf } from './accounts.ts';
import { descriptionsOf } from './descriptions.ts';
import { editsOf } from './edits.ts';
import { unreadableMark } from './google.ts';
import type { Knobs } from './knobs.ts';
import { differing, fieldsSaid, type Ledger, type Said, saidHere, saidThere } from './ledger.ts';
import type { People } from './people.ts';
import type { Sharing } from './sharing.ts';
import type { System } from './system.ts';
import { count, type Sim } from './tasks.ts';

/** What has been seen from the first write on. */
export type Seen = {
  /** Events that are set aside: `<calendar key> <event id>`. */
  parked: Set<string>;
  /** A complete listing of the calendar began then, at the latest. */
  coveredUntil: Map<string, number>;
  /** When the queue took the last genuine notification of the calendar. */
  accepted: Map<string, number>;
  /**
   * Made, or noted to be made, by a process that had been frozen over the deletion of its event: the next comparison cancels it
   * (decision 26). With Google's position by then.
   */
  madeLate: Map<string, number>;
  /** Blocks that whoever let go of their calendar wrote after his time, and maybe after it had come back: as above, with the position. */
  freedLate: Map<string, number>;
  /** Booked while nobody was connected: it stays here. */
  unconnected: Set<string>;
};

/** What there is of an entity once all is at rest, on both sides. */
export type Final = {
  isGone: boolean;
  isOpen: boolean;
  /** Made after its event was deleted, which nothing but a comparison would tell. */
  isLate: boolean;
  said: Said[];
  /** The calendars in which it has an event. */
  places: Set<string>;
};

export type AtRest = {
  sim: Sim;
  ledger: Ledger;
  accounts: Accounts;
  knobs: Knobs;
  system: System;
  people: People;
  sharing: Sharing;
};
export type Fail = (rule: string, text: string) => void;

export const restOf = ({ sim, ledger, accounts, knobs, system, people, sharing }: AtRest, seen: Seen, fail: Fail) => {
  const { parked, coveredUntil, accepted, madeLate, freedLate, unconnected } = seen;
  const checkDescription = descriptionsOf({ sim, ledger, sharing }, fail);

  const checkOpen = (id: string, status: Conflict['status'], appointmentId: string): void => {
    const { store } = system;
    const waiting = [...store.appointments.values()].filter(
      ({ sync }) => (sync.state === 'conflict' || sync.state === 'held') && sync.conflictId === id,
    );
    if (status !== 'open' && waiting.length > 0) fail('R2', `${appointmentId} waits for ${id}, which is ${status}`);
  };

  /** [R1][R3] Each confirmed appointment has its event and each event its appointment, and both say the same. */
  const checkConvergence = (user: number, own: Appointment[]): Map<string, Final> => {
    const finals = new Map<string, Final>();
    const final = (entity: string): Final => {
      const known = finals.get(entity) ?? { isGone: true, isOpen: false, isLate: false, said: [], places: new Set() };
      finals.set(entity, known);
      return known;
    };
    const live = new Map<string, { calendarId: string; event: EventBody }>();
    for (const calendarId of accounts.calendarsOf(user)) {
      for (const event of people.liveEvents(calendarId)) live.set(`${calendarId} ${event.id}`, { calendarId, event });
    }
    const claimed = new Map<string, Appointment>();
    for (const appointment of own) {
      const { link, status, sync } = appointment;
      const entity = people.entityOf(appointment);
      const isOpen = sync.state === 'conflict' || sync.state === 'held';
      if (isOpen) final(entity).isOpen = true;
      if (status === 'confirmed') {
        final(entity).isGone = false;
        final(entity).said.push(saidHere(appointment));
      }
      const place = link && `${link.calendarId} ${link.eventId}`;
      const at = place === undefined ? undefined : live.get(place);
      if (isOpen) {
        if (place !== undefined && status === 'confirmed') claimed.set(place, appointment);
        if (place !== undefined && status === 'cancelled') claimed.set(place, appointment);
        continue;
      }
      if (sync.state === 'pending' && status === 'cancelled' && isAway(appointment)) continue; // Should its account come back.
      if (sync.state === 'pending') {
        fail('R1', `${entity} is pending still: ${JSON.stringify(sync)}`);
        continue;
      }
      if (status === 'cancelled') {
        if (at !== undefined && !claimedByOther(own, appointment)) {
          fail('R1', `${entity} is cancelled here, and its event ${link?.eventId} is live`);
        }
        continue;
      }
      if (sync.state === 'quarantined') {
        if (place !== undefined) claimed.set(place, appointment);
        if (at === undefined || !String(at.event.summary).startsWith(unreadableMark))
          fail('R1', `${entity} is in quarantine: ${sync.reason}`);
        continue;
      }
      if (sync.state === 'local' && unconnected.has(appointment.id)) {
        count(sim, 'excused: booked while nobody was connected');
        continue;
      }
      if (at === undefined && madeLate.has(appointment.id) && !knobs.nets) {
        count(sim, 'excused: made after its event was deleted');
        final(entity).isLate = true;
        continue;
      }
      if (place === undefined || at === undefined) {
        fail('R1', `${entity} has no event in Google (${place}, ${sync.state})`);
        continue;
      }
      if (claimed.has(place)) fail('R3', `${place} is the event of two appointments`);
      claimed.set(place, appointment);
      const there = saidThere(at.event);
      const differences = differing(saidHere(appointment), there);
      if (differences.length > 0) fail('R1', `${entity} differs: ${differences.join('; ')}`);
      else if (differing(fieldsSaid(appointment.fields), there).length > 0)
        fail('R1', `${entity} is not when its fields say: ${JSON.stringify(appointment)}`);
      if (knobs.detailed && appointment.kind === 'booking') checkDescription(entity, appointment, at.event);
    }
    for (const [place, { calendarId, event }] of live) {
      const entity = people.entityOfEvent(event);
      final(entity).isGone = false;
      final(entity).said.push(saidThere(event));
      final(entity).places.add(calendarId);
      if (claimed.has(place)) continue;
      const calendar = [...system.store.calendars.values()].find((one) => one.calendarId === calendarId);
      const isUnreadable = String(event.summary).startsWith(unreadableMark);
      if (isUnreadable && parked.has(`${calendar?.key} ${event.id}`)) continue;
      const isFreedLate = own.some(({ id, link }) => freedLate.has(id) && link?.eventId === event.id);
      if (isFreedLate && !knobs.nets) count(sim, 'excused: a block that was freed late');
      else if (final(entity).isOpen) count(sim, 'excused: an event beside an appointment in review');
      else fail('R1', `${entity} is in Google (${place}) and not here`);
    }
    return finals;
  };

  /** In a calendar that is none of the account's. */
  const isAway = ({ link }: Appointment): boolean => {
    const calendar = link && system.store.calendars.get(link.calendarKey);
    return calendar?.disabledBecause === 'account_replaced';
  };

  const claimedByOther = (own: Appointment[], appointment: Appointment): boolean => {
    return own.some(
      ({ id, status, link }) =>
        id !== appointment.id && status === 'confirmed' && link?.eventId === appointment.link?.eventId,
    );
  };

  /** [R6] Whatever the queue has taken is followed by a complete listing that began later, or by a dead letter. */
  const checkCovered = (user: number): void => {
    for (const calendar of system.store.calendars.values()) {
      if (calendar.userId !== userIdOf(user) || !calendar.enabled) continue;
      const at = accepted.get(calendar.key);
      if (at === undefined) continue;
      if ((coveredUntil.get(calendar.key) ?? 0) >= at) continue;
      if (system.queue.dead.some(({ groupId }) => groupId === calendar.key)) continue;
      fail('R6', `a notification of ${calendar.calendarId} was taken, and no listing has begun since`);
    }
  };

  /** `users`: those who can be expected to have converged. */
  return (users: number[]): void => {
    const appointments = [...system.store.appointments.values()];
    for (const user of users) {
      const own = appointments.filter(({ userId }) => userId === userIdOf(user));
      const finals = checkConvergence(user, own);
      editsOf({ sim, ledger, system, people }, fail)(finals, user);
      checkCovered(user);
    }
    for (const { id, status, appointmentId } of system.store.conflicts.values()) checkOpen(id, status, appointmentId);
  };
};

/** What must hold once all is at rest: both sides agree, and whatever anybody has said is accounted for. */
import type { Appointment } from '../../shared/domain/appointment.ts';
import type { Conflict } from '../../shared/domain/conflict.ts';
import type { EventBody } from '../google/state.ts';
import { type Accounts, userIdOf } from './accounts.ts';
import { unreadableMark } from './google.ts';
import type { Knobs } from './knobs.ts';
import { differing, fieldsSaid, type Ledger, partOf, type Said, saidHere, saidThere } from './ledger.ts';
import type { People } from './people.ts';
import type { System } from './system.ts';
import type { Sim } from './tasks.ts';

/** What has been seen from the first write on. */
export type Seen = {
  /** Events that are set aside: `<calendar key> <event id>`. */
  parked: Set<string>;
  /** A complete listing of the calendar began then, at the latest. */
  coveredUntil: Map<string, number>;
  /** When the queue took the last genuine notification of the calendar. */
  accepted: Map<string, number>;
  /** Made by a process that had been frozen over the deletion of its event: the next comparison cancels it (decision 26). */
  madeLate: Set<string>;
  /** Booked while nobody was connected: it stays here. */
  unconnected: Set<string>;
};

export type AtRest = { sim: Sim; ledger: Ledger; accounts: Accounts; knobs: Knobs; system: System; people: People };
export type Fail = (rule: string, text: string) => void;

export const restOf = ({ ledger, accounts, knobs, system, people }: AtRest, seen: Seen, fail: Fail) => {
  const { parked, coveredUntil, accepted, madeLate, unconnected } = seen;

  const checkOpen = (id: string, status: Conflict['status'], appointmentId: string): void => {
    const { store } = system;
    const waiting = [...store.appointments.values()].filter(
      ({ sync }) => (sync.state === 'conflict' || sync.state === 'held') && sync.conflictId === id,
    );
    if (status !== 'open' && waiting.length > 0) fail('R2', `${appointmentId} waits for ${id}, which is ${status}`);
  };

  type Final = { entity: string; isGone: boolean; isOpen: boolean; said: Said[] };

  /** [R1][R3] Each confirmed appointment has its event and each event its appointment, and both say the same. */
  const checkConvergence = (user: number, own: Appointment[]): Map<string, Final> => {
    const finals = new Map<string, Final>();
    const final = (entity: string): Final => {
      const known = finals.get(entity) ?? { entity, isGone: true, isOpen: false, said: [] };
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
      const isExcused = madeLate.has(appointment.id) && !knobs.nets; // Only a comparison tells.
      if (isExcused || (sync.state === 'local' && unconnected.has(appointment.id))) {
        final(entity).isOpen = true;
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
    }
    for (const [place, { calendarId, event }] of live) {
      const entity = people.entityOfEvent(event);
      final(entity).isGone = false;
      final(entity).said.push(saidThere(event));
      if (claimed.has(place)) continue;
      const calendar = [...system.store.calendars.values()].find((one) => one.calendarId === calendarId);
      const isUnreadable = String(event.summary).startsWith(unreadableMark);
      if (isUnreadable && parked.has(`${calendar?.key} ${event.id}`)) {
        final(entity).isOpen = true;
        continue;
      }
      if (!final(entity).isOpen) fail('R1', `${entity} is in Google (${place}) and not here`);
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

  /** Google has not noticed that the id of its event was used before, and so nobody has noticed the deletion. */
  const isUnnoticed = (entity: string): boolean =>
    [...system.store.appointments.values()].some(
      (one) => people.entityOf(one) === entity && system.google.reused.has(one.link?.eventId ?? ''),
    );

  /** [R2] Each edit is there, or was seen and overwritten, or lost to another by a rule and on record, or is in review. */
  const checkEdits = (finals: Map<string, Final>, user: number): void => {
    const own = new Set([...finals.keys(), ...people.entitiesOf(user)]);
    const inReview = (entity: string, value: string): boolean =>
      [...ledger.reviewed.values()].some(
        (item) => item.entity === entity && item.status !== 'agreed' && item.values.has(value),
      );
    const isSettled = (entity: string, value: string, part: string): boolean =>
      ledger.settled.some(({ provenance: { settled }, before, after }) => {
        if (settled === undefined || people.entityOf(after) !== entity) return false;
        const said = [before && saidHere(before), settled.theirs === 'gone' ? undefined : fieldsSaid(settled.theirs)];
        if ('status' in settled.chosen) return true;
        const group = Object.keys(partOf).find((name) => partOf[name] === part);
        return (
          group !== undefined &&
          group in settled.chosen &&
          said.some((one) => one && Object.values(one).includes(value))
        );
      });
    for (const edit of ledger.edits) {
      const { entity, part, value, side } = edit;
      if (!own.has(entity) || ledger.isLeftBehind(edit)) continue;
      const final = finals.get(entity);
      if (final?.said.some((said) => said[part] === value)) continue;
      if (ledger.isOverwritten(entity, part, value)) continue;
      if (final?.isOpen || inReview(entity, value) || isSettled(entity, value, part)) continue;
      fail(
        'R2',
        `${side}: ${part} of ${entity} said ${value}, and nobody knows what became of it; now ${JSON.stringify(final?.said)}`,
      );
    }
    for (const deletion of ledger.deletions) {
      const { entity, side } = deletion;
      if (!own.has(entity) || ledger.isLeftBehind(deletion)) continue;
      const final = finals.get(entity);
      if (final === undefined || final.isGone || final.isOpen || ledger.isRevived(entity)) continue;
      if (side === 'ours' && ledger.isMoved(entity)) continue; // A foreign event is another block in another calendar.
      const isOnRecord = ledger.settled.some(
        ({ provenance: { settled }, after }) =>
          people.entityOf(after) === entity && settled?.chosen.status !== undefined,
      );
      if (isOnRecord || inReview(entity, 'gone') || isUnnoticed(entity)) continue;
      fail('R2', `${side}: ${entity} was deleted, and is there again`);
    }
    for (const entity of ledger.created) {
      if (!own.has(entity) || !(finals.get(entity)?.isGone ?? true)) continue;
      if (ledger.isForeignLeft(entity)) continue; // Its account has been replaced.
      const isWanted = ledger.deletions.some((one) => one.entity === entity);
      if (!isWanted) fail('R2', `${entity} is gone, and nobody has deleted it`);
    }
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
      checkEdits(finals, user);
      checkCovered(user);
    }
    for (const { id, status, appointmentId } of system.store.conflicts.values()) checkOpen(id, status, appointmentId);
  };
};

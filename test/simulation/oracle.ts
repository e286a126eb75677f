/**
 * What must hold always; once all is at rest, see rest.ts. Works on what Google has, what the table has and what people did; shares no
 * code with the system under test. Each violation names its rule.
 */
import type { Appointment } from '../../shared/domain/appointment.ts';
import type { Calendar } from '../../shared/domain/calendar.ts';
import type { Connection } from '../../shared/domain/connection.ts';
import type { UserId } from '../../shared/domain/ids.ts';
import type { SyncEvent } from '../../shared/domain/sync-event.ts';
import { isLive } from '../google/channels.ts';
import type { EventBody } from '../google/state.ts';
import { type Accounts, userIdOf } from './accounts.ts';
import { unreadableMark, type Written } from './google.ts';
import type { Knobs } from './knobs.ts';
import { fieldsSaid, isVisiblyOther, type Ledger, partOf, type Said, saidHere } from './ledger.ts';
import type { People } from './people.ts';
import { recordsIn } from './records.ts';
import { restOf, type Seen } from './rest.ts';
import { openSharing } from './sharing.ts';
import type { Witness } from './store.ts';
import type { System, Watch } from './system.ts';
import { count, note, type Sim, type Task } from './tasks.ts';

type Parts = { sim: Sim; ledger: Ledger; accounts: Accounts; knobs: Knobs };

/** Filled in once the system stands: it is being watched from its first write on. */
export type Scene = { system?: System; people?: People };

export type Oracle = ReturnType<typeof oracleOf>;

export const oracleOf = ({ sim, ledger, accounts, knobs }: Parts, scene: Scene) => {
  const { kernel } = sim;
  /** Google's clock is behind ours: which of two edits is the later one may come out wrong. */
  const googleLags = knobs.googleSkewMs < 0;
  const seen: Seen = {
    parked: new Set(),
    coveredUntil: new Map(),
    accepted: new Map(),
    madeLate: new Map(),
    freedLate: new Map(),
    unconnected: new Set(),
  };
  const { parked, coveredUntil, accepted, madeLate, freedLate, unconnected } = seen;
  /** Since when it is known that a user's grant is no good. */
  const ended = new Map<string, number>();
  /** Whose grant died by itself: nobody can stop its channels any more. */
  const dead = new Set<string>();
  /** When the calendar was first listed for the listing that began (by the system's word) then. */
  const listedAt = new Map<string, number>();
  const firstList = new Map<Task, Map<string, number>>();
  /** How far Google's log has been covered. */
  const positions = new Map<string, number>();
  /** Channels that have been a calendar's one: what a late maker brings after its slot was taken is none. */
  const activated = new Set<string>();
  let appointmentWrites = 0;

  const users = Array.from({ length: knobs.users }, (_, user) => user);
  const sharing = openSharing();
  const userOf = (userId: UserId): number => users.find((user) => userIdOf(user) === userId) ?? 0;

  const fail = (rule: string, text: string): void => {
    const violation = `[${rule}] ${text}`;
    note(sim, 'ORACLE', () => `✗ ${violation}`);
    if (sim.violations.length < 20) sim.violations.push(violation);
  };

  /** [R10] One user's grant is dead for good, or one's listing kills: the others come to rest all the same. */
  const failIsolated: typeof fail = (rule, text) =>
    knobs.poisoned && (rule === 'R1' || rule === 'R6')
      ? fail('R10', `${text} [${rule}], beside one that is held up`)
      : fail(rule, text);

  const records = recordsIn(sim, fail);

  const the = <T>(part: T | undefined): T => {
    if (part === undefined) throw new Error('The scene is not set');
    return part;
  };

  const leave = (userId: UserId): void =>
    the(scene.system).noteLeaving(dead.has(userId) ? accounts.accountOf(userOf(userId)) : undefined);

  const witness: Witness = {
    appointmentSaved(before, after, task) {
      appointmentWrites += 1;
      const { system, people } = { system: the(scene.system), people: the(scene.people) };
      const entity = people.entityOf(after);
      const isHomeless = accounts.wasAwaySince(after.userId, task.startedAt) || !system.takesBookings(after.userId);
      if (before === undefined && isHomeless) unconnected.add(after.id);
      const isMade = before?.link?.observed === undefined && after.link?.observed !== undefined;
      if (isMade && kernel.now() > task.endsAt) madeLate.set(after.id, system.google.world.state.seq);
      if (isFreeing(after) && kernel.now() > task.endsAt) freedLate.set(after.id, system.google.world.state.seq);
      noteEdit(entity, before, after, task);
      if (after.kind === 'booking') checkDetails(entity, before, after, task);
      const { actor, reason } = after.provenance;
      if (actor === 'google' && reason === 'restore') ledger.restorationSeen(entity, kernel.now());
      countHarm(before, after, task);
      checkAbsence(before, after, task);
      if (before === undefined || before.version !== after.version) {
        if (after.version !== (before?.version ?? 0) + 1)
          fail('R12', `${entity}: version ${before?.version} → ${after.version}`);
        records.written(before, after, task);
      } else if (isVisiblyOther(before, after)) {
        fail(
          'R12',
          `${entity} changed within version ${after.version}: ${JSON.stringify(saidHere(before))} → ${JSON.stringify(saidHere(after))}`,
        );
      }
      if (before?.version !== after.version && after.provenance.settled !== undefined) {
        const { userId, id: appointmentId, version, provenance, updatedAt: at } = after;
        const event = { userId, appointmentId, version, provenance, at, after, ...(before && { before }) };
        ledger.settled(entity, event, kernel.now());
        sharing.decided(after);
        checkSettlement(event);
      }
      if (after.revision !== (before?.revision ?? 0) + 1)
        fail('R13', `${entity}: revision ${before?.revision} → ${after.revision}`);
      system.stream.appointmentWritten(before, after);
    },
    conflictSaved(conflict) {
      const appointment = the(scene.system).store.appointments.get(conflict.appointmentId);
      count(sim, `a review item: ${conflict.kind} ${conflict.status}`);
      if (appointment === undefined) return;
      const { entityOf } = the(scene.people);
      const shown = appointment.kind === 'booking' && conflict.theirs !== 'gone' ? conflict.theirs.notes : undefined;
      const taken = ledger.lines.takenForNotes(entityOf(appointment), shown);
      if (taken.length > 0) fail('R2', `our own lines are shown as Google's notes of ${appointment.id}: ${taken}`);
      if (conflict.held === undefined) ledger.conflictSaved(entityOf(appointment), conflict);
      for (const id of conflict.held ?? []) {
        const held = the(scene.system).store.appointments.get(id);
        if (held !== undefined) ledger.conflictSaved(entityOf(held), conflict, saidHere(held));
      }
    },
    calendarWritten: (before, after) => the(scene.system).stream.calendarWritten(before, after),
    checkpointSaved(read, { startedAt }, task) {
      const first = firstList.get(task)?.get(read.calendarId);
      const key = `${read.key} ${startedAt}`;
      if (first !== undefined && !listedAt.has(key)) listedAt.set(key, first);
    },
    listingCommitted(read, { cursor, coveredBefore }, task) {
      const first = listedAt.get(`${read.key} ${coveredBefore}`) ?? firstList.get(task)?.get(read.calendarId);
      if (first !== undefined) coveredUntil.set(read.key, Math.max(first, coveredUntil.get(read.key) ?? 0));
      checkCursor(read, cursor);
      harm.get(task)?.delete(read.key);
      count(sim, read.cursor === undefined ? 'a first listing' : 'a listing');
    },
    channelBegun: (slot) => the(scene.system).channelBegun(slot),
    channelActivated: ({ id }) => {
      activated.add(id);
      the(scene.system).handled.unheard.delete(id);
    },
    parked(key, eventId, isParked) {
      if (isParked) parked.add(`${key} ${eventId}`);
      else parked.delete(`${key} ${eventId}`);
    },
    reauthNeeded({ userId }: Connection) {
      ended.set(userId, kernel.now());
      dead.add(userId);
      count(sim, 'a grant that is known to be dead');
      the(scene.people).consentSoon(userOf(userId));
    },
    connected(userId, account) {
      ended.delete(userId);
      if (accounts.isOther(userId, account)) {
        count(sim, 'another account');
        leave(userId);
        for (const entity of the(scene.people).entitiesOf(userOf(userId))) ledger.leftBehind(entity, kernel.now());
      }
      dead.delete(userId);
      accounts.connected(userId, account);
    },
    disconnected(userId) {
      ended.set(userId, kernel.now());
      accounts.disconnected(userId);
      leave(userId);
      count(sim, 'a disconnection');
    },
    settingsSaved: (userId, { shared }) => sharing.chosen(userId, shared),
    strayed: (owner, userId, task) => fail('R15', `${task.name} works for ${owner} and touches what is ${userId}'s`),
  };

  const checkSecrets = (what: string, text: string): void => {
    const [found] = secret.exec(text) ?? [];
    if (found !== undefined) fail('R15', `${what} says too much: ${found} in ${text}`);
  };

  const watch: Watch = {
    accepted: (key, at) => {
      accepted.set(key, Math.max(at, accepted.get(key) ?? 0));
    },
    fooled: (what) => fail('R15', `a stranger was believed: ${what}`),
    logged: (text) => checkSecrets('a log', text),
    queued(hint) {
      records.queued(hint);
      checkSecrets('a hint', JSON.stringify(hint));
    },
    recorded: (events) => records.appended(events),
    unrecorded: (appointments) => records.givenUp(appointments),
    listed(task, calendarId) {
      const of = firstList.get(task) ?? new Map<string, number>();
      of.set(calendarId, kernel.now());
      firstList.set(task, of);
    },
  };

  /** [R9] How many future bookings each run has cancelled or moved, unasked. */
  const harm = new Map<Task, Map<string, { cancelled: number; moved: number }>>();
  const countHarm = (before: Appointment | undefined, after: Appointment, task: Task): void => {
    if (task.kind !== 'consumer' || after.kind !== 'booking' || before?.status !== 'confirmed') return;
    const isReleased = before.sync.state === 'pending' && before.sync.prefer === 'google';
    if (before.link?.observed === undefined) return; // No listing tells of what nobody has seen: the push meets it by itself.
    const isCancelled = after.status === 'cancelled';
    const isMoved = whenOf(before) !== whenOf(after);
    if (!(isCancelled || isMoved) || isReleased || Date.parse(before.startsAt) < kernel.now()) return;
    const key = after.link?.calendarKey ?? '';
    const of = harm.get(task) ?? new Map<string, { cancelled: number; moved: number }>();
    const harmed = of.get(key) ?? { cancelled: 0, moved: 0 };
    if (isCancelled) harmed.cancelled += 1;
    else harmed.moved += 1;
    harm.set(task, of.set(key, harmed));
    const { cancelled, moved } = harmed;
    if (cancelled + moved <= 10) return;
    const future = [...the(scene.system).store.appointments.values()].filter(
      ({ userId, kind, status, startsAt }) =>
        userId === after.userId && kind === 'booking' && status === 'confirmed' && Date.parse(startsAt) > kernel.now(),
    );
    if (cancelled + moved > 0.2 * (future.length + cancelled))
      fail('R9', `${cancelled} bookings of ${key} are cancelled and ${moved} moved at once, and nobody was asked`);
  };

  /** [R8] Whatever a listing leaves out: what is there is not cancelled for it. */
  const checkAbsence = (before: Appointment | undefined, after: Appointment, task: Task): void => {
    const isGooglesWord = task.kind === 'consumer' && after.provenance.actor === 'google';
    if (!isGooglesWord || before?.status !== 'confirmed' || after.status === 'confirmed') return;
    const { calendarId = '', eventId = '' } = before.link ?? {};
    const event = the(scene.system).google.find(calendarId, eventId);
    if (event === undefined || event.status === 'cancelled' || the(scene.people).isRestored(eventId)) return;
    if (the(scene.people).movedAt(eventId) > task.startedAt) {
      count(sim, 'excused: an event that came back while it was looked for elsewhere');
      return;
    }
    fail('R8', `${the(scene.people).entityOf(after)} is cancelled, and its event ${eventId} is there`);
  };

  const isFreeing = ({ provenance }: Appointment): boolean => provenance.reason === 'calendar_disabled';

  /** A person has decided that it stays cancelled. */
  const isDecidedGone = ({ provenance: { reason, settled } }: Appointment): boolean =>
    reason === 'resolve' && settled?.chosen.status !== undefined;

  /** Kept after its deletion in Google, which has not got its next event yet. */
  const isToBeMade = (before: Appointment | undefined): boolean =>
    before?.sync.state === 'pending' && before.link !== undefined && before.link.observed === undefined;

  const noteEdit = (entity: string, before: Appointment | undefined, after: Appointment, task: Task): void => {
    const { actor, reason } = after.provenance;
    if (actor !== 'user' || before?.version === after.version) return;
    const was = before && saidHere(before);
    const is = saidHere(after);
    const gone = { over: was ?? {}, place: before?.link?.calendarId };
    if (isFreeing(after)) {
      if (isToBeMade(before)) ledger.deleted('ours', entity, gone, kernel.now());
      else ledger.released(entity, was ?? {});
    } else if (reason === 'change_settings') ledger.decided(entity, was ?? {}, is);
    else if (task.kind !== 'person') return;
    else if (reason === 'create' || reason === 'update') ledger.edited('ours', entity, was, is, kernel.now());
    else if (reason === 'cancel') ledger.deleted('ours', entity, gone, kernel.now());
    else {
      if (reason === 'undo') ledger.takenBack(entity);
      else ledger.decided(entity, was ?? {}, is);
      if (reason === 'discard') ledger.discarded(entity, kernel.now());
      if (before?.status === 'cancelled' && after.status === 'confirmed') ledger.restored('ours', entity, kernel.now());
      if (after.status === 'cancelled' && (before?.status === 'confirmed' || isDecidedGone(after)))
        ledger.deleted('ours', entity, gone, kernel.now());
    }
  };

  /** [R2] Details are changed by requests alone, and our own lines are nobody's notes. */
  const checkDetails = (entity: string, before: Appointment | undefined, after: Appointment, task: Task): void => {
    const { details, fields, provenance } = after;
    const isOther = before !== undefined && JSON.stringify(before.details) !== JSON.stringify(details);
    if (isOther && (task.kind !== 'person' || provenance.reason !== 'update' || before.version === after.version))
      fail(
        'R2',
        `${task.name} changes the details of ${entity}: ${JSON.stringify(before.details)} → ${JSON.stringify(details)}`,
      );
    const taken = ledger.lines.takenForNotes(entity, fields.notes);
    if (taken.length > 0) fail('R2', `our own lines are taken for notes of ${entity}: ${taken}`);
  };

  /** [R5] Whatever the cursor covers is stored, parked or waits for a person. */
  const checkCursor = (calendar: Calendar, cursor: string): void => {
    const { system, people } = { system: the(scene.system), people: the(scene.people) };
    const token = positionOf(cursor);
    const kept = system.google.world.state.calendars[calendar.calendarId];
    if (token === undefined || kept === undefined) {
      fail('R5', `a cursor that is none: ${cursor}`);
      return;
    }
    const last = positions.get(calendar.key) ?? 0;
    if (token < last)
      fail('R13', `a late worker takes the cursor of ${calendar.calendarId} back from ${last} to ${token}`);
    positions.set(calendar.key, Math.max(token, last));
    const byEvent = new Map<string, Appointment[]>();
    for (const appointment of system.store.appointments.values()) {
      const id = appointment.link?.eventId;
      if (appointment.userId === calendar.userId && id !== undefined)
        byEvent.set(id, [...(byEvent.get(id) ?? []), appointment]);
    }
    for (const { seq, body } of Object.values(kept.events)) {
      if (seq > token || body.recurrence !== undefined) continue;
      const of = byEvent.get(body.id) ?? [];
      if (of.some(({ sync }) => waits.has(sync.state) || isToBeLookedAt(sync))) continue;
      if (of.some(({ id, status }) => status === 'cancelled' && seq <= (freedLate.get(id) ?? 0))) {
        count(sim, 'excused: a block that was freed late');
        continue;
      }
      const isUnreadable = String(body.summary).startsWith(unreadableMark);
      if (body.status === 'cancelled') {
        const left = of.find(
          ({ status, link, sync }) =>
            status === 'confirmed' && sync.state === 'synced' && link?.calendarId === calendar.calendarId,
        );
        const isLate = left !== undefined && seq <= (madeLate.get(left.id) ?? 0);
        if (left !== undefined && !isLate && !isNewer(left.link?.observed?.etag, body.etag)) {
          fail('R5', `the cursor covers the deletion of ${people.entityOfEvent(body)}, which is still confirmed`);
        }
        continue;
      }
      if (isUnreadable) {
        if (!parked.has(`${calendar.key} ${body.id}`))
          fail('R5', `the cursor covers ${body.id}, which cannot be read and is not parked`);
        continue;
      }
      if (!of.some(({ link }) => isNewer(link?.observed?.etag, body.etag))) {
        fail(
          'R5',
          `the cursor covers ${people.entityOfEvent(body)} of ${body.etag}, and we know ${of.map(({ link }) => link?.observed?.etag)}`,
        );
      }
    }
  };

  /** [R2] A record excuses a loss only where neither side had seen the other's change. */
  const checkSettlement = ({ appointmentId, provenance: { settled }, before, after, version }: SyncEvent): void => {
    if (settled === undefined || settled.policy === 'person' || before === undefined) return;
    const entity = the(scene.people).entityOf(after);
    const theirs: Said | undefined = settled.theirs === 'gone' ? undefined : fieldsSaid(settled.theirs);
    const ours = saidHere(before);
    for (const [group, side] of Object.entries(settled.chosen)) {
      const part = partOf[group];
      if (part === undefined || theirs === undefined || side === 'merged') continue;
      const [winner, loser] = side === 'google' ? [theirs[part], ours[part]] : [ours[part], theirs[part]];
      if (winner === undefined || loser === undefined || winner === loser) continue;
      count(sim, 'a part that was settled');
      if (side === 'bookedbarber' && before.link?.sent !== undefined) continue; // No answer to it: who saw it nobody knows.
      if (!googleLags && ledger.knewOf(entity, part, loser, winner)) {
        fail('R2', `${appointmentId}:${version} settles ${part} for ${winner}, which whoever wrote ${loser} had seen`);
      }
    }
  };

  /** [R3] Each write of ours leaves at most one event of an appointment. */
  const checkDuplicates = (user: number): void => {
    const people = the(scene.people);
    const seen = new Map<string, string>();
    for (const calendarId of accounts.calendarsOf(user)) {
      const stored = the(scene.system).google.world.state.calendars[calendarId]?.events ?? {};
      for (const { body } of Object.values(stored)) {
        const mark = markOf(body);
        if (body.status === 'cancelled' || mark === undefined || people.isRestored(body.id)) continue;
        if (seen.has(mark)) fail('R3', `${mark} has two events: ${seen.get(mark)} and ${calendarId}/${body.id}`);
        seen.set(mark, `${calendarId}/${body.id}`);
      }
    }
  };

  /** [R7] Stopped while no other one is there: what changes now is not told. */
  const checkStop = (id: string, task: Task): void => {
    if (task.kind === 'person' || !activated.has(id)) return; // Who leaves an account wants to hear of nothing.
    const { google, store } = the(scene.system);
    const channel = Object.values(google.world.state.channels).find((one) => one.id === id);
    const calendar = [...store.calendars.values()].find(({ calendarId }) => calendarId === channel?.calendarId);
    if (channel === undefined || calendar === undefined || !isLive(google.world, channel)) return;
    if (!calendar.enabled || !calendar.realTimeSync) return;
    const others = Object.values(google.world.state.channels).filter(
      (one) => one.calendarId === channel.calendarId && one.id !== id && isLive(google.world, one),
    );
    if (others.length === 0) fail('R7', `${id} is stopped, and ${channel.calendarId} has no other channel`);
  };

  /** [R14] Whoever began after the grant was known to be dead asks Google for nothing. */
  const checkCall = (email: string, task: Task): void => {
    const user = users.find((one) => accounts.accountOf(one) === email);
    const since = user === undefined ? undefined : ended.get(userIdOf(user));
    if (since !== undefined && task.startedAt > since && task.kind !== 'person')
      fail('R14', `${task.name} calls Google as ${email}`);
  };

  return {
    witness,
    watch,
    fail,
    /** We have written to an event. */
    eventWritten({ eventId, was, is }: Written): void {
      ledger.lines.told(eventId, was, is);
      for (const user of users) checkDuplicates(user);
    },
    checkStop,
    checkCall,
    appointmentWrites: (): number => appointmentWrites,
    /** Once all is at rest. `converging`: those who can be expected to have converged. */
    settled(converging: number[]): void {
      const { system, people } = { system: the(scene.system), people: the(scene.people) };
      restOf({ sim, ledger, accounts, knobs, system, people, sharing }, seen, failIsolated)(converging);
      for (const user of converging) checkDuplicates(user);
      records.checkComplete([...system.store.appointments.values()]);
    },
  };
};

const waits: ReadonlySet<Appointment['sync']['state']> = new Set(['conflict', 'held', 'quarantined']);

/** It was held or in review until just now; the push that a person's decision is waiting for asks Google how things stand. */
const isToBeLookedAt = (sync: Appointment['sync']): boolean => sync.state === 'pending' && sync.prefer !== undefined;

const whenOf = ({ startsAt, endsAt, fields }: Appointment): string => `${startsAt}/${endsAt} ${fields.timeZone}`;

/** Tokens, and whatever people write. */
const secret = /ya29\.|refresh\.|sealed:|(title|notes|place|stranger|unreadable|below|service|client|contact)-\d/;

const markOf = (body: EventBody): string | undefined =>
  (body.extendedProperties as { private?: Record<string, string> } | undefined)?.private?.bookedBarber;

/** Google's etags are opaque to the system, and numbers to us. */
const isNewer = (known: string | undefined, etag: string): boolean =>
  known !== undefined && Number(known.replaceAll('"', '')) >= Number(etag.replaceAll('"', ''));

const positionOf = (cursor: string): number | undefined => {
  try {
    return (JSON.parse(Buffer.from(cursor, 'base64').toString().slice(8)) as { seq: number }).seq;
  } catch {
    return undefined;
  }
};

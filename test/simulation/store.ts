/**
 * The table: the memory stores that test/contract holds to the real engine, as a task calls them through ports. What is
 * written is seen here before anyone else can act on it; indexes follow later.
 */
import type { Appointment } from '../../shared/domain/appointment.ts';
import type { Calendar, Checkpoint } from '../../shared/domain/calendar.ts';
import type { ChannelSlot } from '../../shared/domain/channel.ts';
import type { Conflict } from '../../shared/domain/conflict.ts';
import type { Connection } from '../../shared/domain/connection.ts';
import { Superseded } from '../../shared/domain/errors.ts';
import { asId, type CalendarKey, type UserId } from '../../shared/domain/ids.ts';
import type { Instant } from '../../shared/domain/instant.ts';
import type { Settings } from '../../shared/domain/settings.ts';
import type { ListingCommit } from '../../shared/ports.ts';
import { keyOf } from '../support/memory/revisioned.ts';
import { memoryStores, type Stores } from '../support/memory-store.ts';
import type { Deployment } from './deployment.ts';
import type { PortKind } from './faults.ts';
import { call, count, PortFailed, type Sim, type Task } from './tasks.ts';

/** Told of each write at the moment it takes effect. */
export type Witness = {
  appointmentSaved(before: Appointment | undefined, after: Appointment, task: Task): void;
  conflictSaved(conflict: Conflict): void;
  calendarWritten(before: Calendar | undefined, after: Calendar): void;
  listingCommitted(read: Calendar, commit: ListingCommit, task: Task): void;
  checkpointSaved(read: Calendar, checkpoint: Checkpoint, task: Task): void;
  channelBegun(slot: ChannelSlot): void;
  channelActivated(slot: ChannelSlot): void;
  parked(key: CalendarKey, eventId: string, isParked: boolean): void;
  reauthNeeded(read: Connection): void;
  connected(userId: UserId, account: string): void;
  disconnected(userId: UserId): void;
  settingsSaved(userId: UserId, settings: Settings): void;
  /** Whoever works for one user has touched what is another's. */
  strayed(owner: string, userId: string, task: Task): void;
};

type Kinds<Store> = { [Method in keyof Store]: PortKind };

const readsAndWrites: { [Name in keyof Stores]: Kinds<Stores[Name]> } = {
  appointments: {
    loadMany: 'read',
    save: 'write',
    list: 'read',
    listOf: 'read',
    loadDays: 'read',
    listPending: 'read',
  },
  calendars: {
    load: 'read',
    commitListing: 'write',
    saveCheckpoint: 'write',
    noteTrouble: 'write',
    noteDrift: 'write',
    pauseWrites: 'write',
    switchOff: 'write',
    listOf: 'read',
    listReplaced: 'read',
    loadMany: 'read',
    letGo: 'write',
    retire: 'write',
    register: 'write',
    setRealTimeSync: 'write',
    setSwitches: 'write',
    chooseBookingsCalendar: 'write',
    listDue: 'read',
    postpone: 'write',
  },
  channels: {
    begin: 'write',
    activate: 'write',
    postpone: 'write',
    settle: 'write',
    deferSettling: 'write',
    vacate: 'write',
    giveUp: 'write',
    renewNow: 'write',
    listOf: 'read',
    note: 'write',
  },
  conflicts: { load: 'read', save: 'write', list: 'read' },
  connections: {
    load: 'read',
    saveTokens: 'write',
    markNeedsReauth: 'write',
    loadMany: 'read',
    create: 'write',
    resume: 'write',
    startAfresh: 'write',
    disconnect: 'write',
    listSealedUnder: 'read',
    reseal: 'write',
    setRealTimeSync: 'write',
    saveSettings: 'write',
  },
  quarantine: { list: 'read', park: 'write', release: 'write' },
  seen: { add: 'write', load: 'read' },
  states: { save: 'write', take: 'write' },
};

export type Store = ReturnType<typeof storeIn>;

export const storeIn = (sim: Sim, witness: Witness, deployment: Deployment) => {
  const { kernel, random, faults } = sim;
  const calendars = new Map<CalendarKey, Calendar>();
  const due = new Map<CalendarKey, Instant>();
  const indexed = new Map<string, Appointment>();
  const memory = memoryStores({ copy: frozen, calendars, due, indexed });
  /** As the table has them; the oracle looks here. */
  const appointments = new Map<string, Appointment>();
  const conflicts = new Map<string, Conflict>();

  const index = (next: Appointment): void => {
    const isLate = faults.at('table.index', 'index') === 'lagging';
    if (isLate) count(sim, 'fault index lagging');
    kernel.after(isLate ? random.between('lag', 1_000, 30_000) : random.between('lag', 0, 30), () => {
      if ((indexed.get(keyOf(next))?.revision ?? 0) < next.revision) indexed.set(keyOf(next), next);
    });
  };

  const save =
    (task: Task): Stores['appointments']['save'] =>
    async (next, beside = {}) => {
      const result = await memory.appointments.save(next, beside);
      if (result !== 'saved') return result;
      const before = appointments.get(next.id);
      appointments.set(next.id, frozen(next));
      index(next);
      if (beside.conflict) {
        conflicts.set(beside.conflict.id, beside.conflict);
        witness.conflictSaved(beside.conflict);
      }
      witness.appointmentSaved(before, next, task);
      return result;
    };

  const saveConflict: Stores['conflicts']['save'] = async (conflict) => {
    const result = await memory.conflicts.save(conflict);
    if (result === 'saved') {
      conflicts.set(conflict.id, conflict);
      witness.conflictSaved(conflict);
    }
    return result;
  };

  /** The stores as this task's writes are witnessed, without ports. */
  const witnessed = (task: Task): Stores => ({
    ...memory,
    appointments: { ...memory.appointments, save: save(task) },
    conflicts: { ...memory.conflicts, save: saveConflict },
    calendars: {
      ...memory.calendars,
      async commitListing(read, commit) {
        const before = calendars.get(read.key);
        await memory.calendars.commitListing(read, commit);
        const after = calendars.get(read.key);
        witness.listingCommitted(read, commit, task);
        if (after) witness.calendarWritten(before, after);
      },
      async saveCheckpoint(read, checkpoint) {
        await memory.calendars.saveCheckpoint(read, checkpoint);
        witness.checkpointSaved(read, checkpoint, task);
      },
    },
    channels: {
      ...memory.channels,
      async begin(read, channel, slot) {
        await memory.channels.begin(read, channel, slot);
        witness.channelBegun(slot);
      },
      async activate(read, channel, slot, dueAt) {
        await memory.channels.activate(read, channel, slot, dueAt);
        witness.channelActivated(slot);
      },
    },
    quarantine: {
      ...memory.quarantine,
      async park(key, eventId, reason, now) {
        await memory.quarantine.park(key, eventId, reason, now);
        witness.parked(key, eventId, true);
      },
      async release(key, eventId) {
        await memory.quarantine.release(key, eventId);
        witness.parked(key, eventId, false);
      },
    },
    connections: {
      ...memory.connections,
      async markNeedsReauth(read, how) {
        await memory.connections.markNeedsReauth(read, how);
        witness.reauthNeeded(read);
      },
      async resume(read, grant, now) {
        await memory.connections.resume(read, grant, now);
        witness.connected(read.userId, read.account);
      },
      async create(connection) {
        await memory.connections.create(connection);
        witness.connected(connection.userId, connection.account);
      },
      async startAfresh(read, next, now) {
        await memory.connections.startAfresh(read, next, now);
        witness.connected(read.userId, next.account);
      },
      async disconnect(read, now) {
        await memory.connections.disconnect(read, now);
        witness.disconnected(read.userId);
      },
      async saveSettings(read, settings) {
        await memory.connections.saveSettings(read, settings);
        witness.settingsSaved(read.userId, settings);
      },
    },
  });

  /** The item that a call is about, where it has a shape that may change. */
  const itemOf = (name: string, given: unknown): unknown => {
    const { id, key, calendarKey } = typeof given === 'object' && given !== null ? (given as Named) : { key: given };
    if (name === 'appointments') return appointments.get(String(id));
    return name === 'calendars' || name === 'channels' ? calendars.get(asId(String(key ?? calendarKey))) : undefined;
  };

  /** As the version of the task's code can read and write them. */
  const versioned = (task: Task, name: string, target: object) => {
    const methods = Object.entries(target as Record<string, Method>);
    const guarded = methods.map(([method, act]): [string, Method] => [
      method,
      async (...given) => {
        deployment.met(task, [itemOf(name, given[0])]);
        const answer = await act(...given);
        deployment.met(task, itemsIn(answer));
        if (isWrite(name, method)) deployment.wrote(task, [itemOf(name, given[0])]);
        return answer;
      },
    ]);
    return Object.fromEntries(guarded);
  };

  return {
    appointments,
    conflicts,
    calendars,
    due,
    memory,
    witnessed,
    /** As the task sees them, or as something in between does. */
    of: (task: Task, stores: Stores = witnessed(task)): Stores => {
      const around = { witness, ...(task.kind !== 'renewal' && { scope: {} }) };
      const entries = Object.entries(readsAndWrites).map(([name, kinds]) => [
        name,
        ported(sim, task, around, {
          name,
          target: deployment.isOn ? versioned(task, name, stores[name as keyof Stores]) : stores[name as keyof Stores],
          kinds,
        }),
      ]);
      return Object.fromEntries(entries);
    },
  };
};

type Named = { id?: unknown; key?: unknown; calendarKey?: unknown };

const isWrite = (name: string, method: string): boolean =>
  (readsAndWrites as Record<string, Record<string, PortKind>>)[name]?.[method] === 'write';

const itemsIn = (answer: unknown): unknown[] => {
  if (Array.isArray(answer)) return answer;
  if (typeof answer === 'object' && answer !== null && 'items' in answer) return answer.items as unknown[];
  return [answer];
};

type Ported = { name: string; target: object; kinds: Record<string, PortKind | undefined> };
type Method = (...given: unknown[]) => Promise<unknown>;

const latencyMs = 8;

/** Whose work is done: the owner of the first calendar or connection that is read. A round of renewals is everyone's. */
type Scope = { owner?: string };

const ported = (
  sim: Sim,
  task: Task,
  { witness, scope }: { witness: Witness; scope?: Scope },
  { name, target, kinds }: Ported,
) => {
  const callable = (method: string, act: Method): Method => {
    const port = { name: `${name}.${method}`, kind: kinds[method] ?? ('read' as const) };
    return (...given) => {
      const userId = userOf(given[0]);
      const owner = scope?.owner;
      if (userId !== undefined && owner !== undefined && userId !== owner) witness.strayed(owner, userId, task);
      const answer = call(sim, task, port, () => act(...given), { latencyMs, instead: insteadOf(method) });
      return scope !== undefined && owner === undefined && method === 'load' ? owned(answer, scope) : answer;
    };
  };
  // A proxy, because a task calls ten of a hundred methods.
  return new Proxy(target as Record<string, Method>, {
    get: (methods, method: string) => {
      const act = methods[method];
      return act && callable(method, act);
    },
  });
};

const owned = async (answer: Promise<unknown>, scope: Scope): Promise<unknown> => {
  const value = await answer;
  const owner = typeof value === 'object' && value !== null && 'userId' in value ? String(value.userId) : undefined;
  if (owner !== undefined) scope.owner ??= owner;
  return value;
};

/** Whose partition is touched, where the request says so. */
const userOf = (given: unknown): string | undefined => {
  if (typeof given === 'string') return given.startsWith('barber-') ? given : undefined;
  if (typeof given !== 'object' || given === null || !('userId' in given)) return undefined;
  return String(given.userId);
};

/** A write that took effect, and whose answer was lost: a client that repeats it by itself meets its own. */
const insteadOf =
  (method: string) =>
  async (fault: string, effect: () => Promise<unknown>, spare: () => void): Promise<unknown> => {
    const result = await effect();
    if (fault === 'after') throw new PortFailed('No answer from the table');
    if (result === 'saved') return 'conflict';
    if (meetItself.has(method)) throw new Superseded('The condition does not hold any more');
    spare();
    return result;
  };

/** Those whose own condition does not hold any more once they are done. */
const meetItself = new Set(['commitListing', 'switchOff', 'begin', 'vacate', 'create', 'chooseBookingsCalendar']);

/** Instead of copies: whoever changes what is stored is told so. */
const frozen = <T>(value: T): T => {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const part of Object.values(value)) frozen(part);
  }
  return value;
};

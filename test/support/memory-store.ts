/** The stores in memory, with the semantics of the real ones (test/contract holds both to one suite). */
import type { Appointment } from '../../shared/domain/appointment.ts';
import type { Calendar } from '../../shared/domain/calendar.ts';
import type { Channel } from '../../shared/domain/channel.ts';
import type { Connection } from '../../shared/domain/connection.ts';
import { Superseded } from '../../shared/domain/errors.ts';
import type { CalendarKey, EventId } from '../../shared/domain/ids.ts';
import type { Instant } from '../../shared/domain/instant.ts';
import type { CalendarRegistry, DueCalendars } from '../../shared/store/calendars.ts';
import type { ConnectionRegistry } from '../../shared/store/connections.ts';
import { agendaPosition, dueShardOf } from '../../shared/store/keys.ts';
import type { OAuthStates, PendingConsent } from '../../shared/store/oauth-states.ts';
import type {
  AgendaReader,
  AppointmentStore,
  CalendarStore,
  ChannelStore,
  ConnectionStore,
  Quarantine,
  SeenStore,
} from '../../shared/sync/ports.ts';

export type Stores = {
  appointments: AppointmentStore & AgendaReader;
  calendars: CalendarStore & CalendarRegistry & DueCalendars;
  channels: ChannelStore;
  connections: ConnectionStore & ConnectionRegistry;
  quarantine: Quarantine;
  seen: SeenStore;
  states: OAuthStates;
};

export const memoryStores = (): Stores => {
  const calendars = new Map<CalendarKey, Calendar>();
  const due = new Map<CalendarKey, Instant>();
  return {
    appointments: memoryAppointments(),
    calendars: memoryCalendars(calendars, due),
    channels: memoryChannels(calendars, due),
    connections: memoryConnections(),
    quarantine: memoryQuarantine(),
    seen: memorySeen(),
    states: memoryStates(),
  };
};

const memoryAppointments = (): Stores['appointments'] => {
  const byId = new Map<string, Appointment>();
  const keyOf = ({ userId, id }: Pick<Appointment, 'userId' | 'id'>) => `${userId}/${id}`;
  return {
    async loadMany(userId, ids) {
      return ids.flatMap((id) => structuredClone(byId.get(keyOf({ userId, id })) ?? []));
    },
    async save(appointment) {
      const stored = byId.get(keyOf(appointment))?.revision;
      if (stored !== (appointment.revision === 1 ? undefined : appointment.revision - 1)) return 'conflict';
      byId.set(keyOf(appointment), structuredClone(appointment));
      return 'saved';
    },
    async list({ userId, from, to, limit, includeCancelled, after = '' }) {
      const wanted = [...byId.values()]
        .filter((item) => item.userId === userId && item.endsAt > from && item.startsAt < to)
        .filter((item) => includeCancelled || item.status === 'confirmed')
        .map((item) => ({ item, position: agendaPosition(item.startsAt, item.id) }))
        .filter(({ position }) => position > after)
        .sort((a, b) => (a.position < b.position ? -1 : 1));
      const page = wanted.slice(0, limit);
      const last = page.at(-1);
      const items = page.map(({ item }) => structuredClone(item));
      return wanted.length > limit && last ? { items, after: last.position } : { items };
    },
  };
};

type Calendars = Map<CalendarKey, Calendar>;
type Due = Map<CalendarKey, Instant>;

const memoryCalendars = (calendars: Calendars, due: Due): Stores['calendars'] => {
  const change = (key: CalendarKey, set: Partial<Calendar>, isAsRead: (stored: Calendar) => boolean = () => true) => {
    const stored = calendars.get(key);
    if (stored === undefined || !isAsRead(stored)) throw new Superseded('The calendar moved on');
    calendars.set(key, { ...stored, ...structuredClone(set) });
  };
  const remove = (key: CalendarKey, ...fields: (keyof Calendar)[]) => {
    for (const field of fields) delete calendars.get(key)?.[field];
  };
  const unmoved = (read: Calendar) => (stored: Calendar) =>
    stored.cursor === read.cursor && stored.connectGeneration === read.connectGeneration;
  return {
    async load(key) {
      return structuredClone(calendars.get(key));
    },
    async commitListing(read, commit) {
      change(read.key, commit, unmoved(read));
      remove(read.key, 'checkpoint', 'trouble');
    },
    async saveCheckpoint(read, checkpoint) {
      change(read.key, { checkpoint }, unmoved(read));
    },
    async noteTrouble(read, trouble) {
      change(read.key, { trouble }, unmoved(read));
    },
    async switchOff(read, disabledBecause) {
      change(read.key, { enabled: false, disabledBecause }, unmoved(read));
      remove(read.key, 'channel', 'checkpoint', 'trouble');
      due.delete(read.key);
    },
    async listOf(userId) {
      const owned = [...calendars.values()].filter((calendar) => calendar.userId === userId);
      return structuredClone(owned.sort((a, b) => (a.calendarId < b.calendarId ? -1 : 1)));
    },
    async register(calendar, { dueAt, renewChannel }) {
      const { key, summary, timeZone } = calendar;
      const known = calendars.get(key);
      if (known === undefined) {
        calendars.set(key, structuredClone(calendar));
        if (calendar.enabled) due.set(key, dueAt);
        return;
      }
      change(key, { summary, timeZone });
      if (renewChannel) remove(key, 'channel');
      if (!calendar.enabled || known.disabledBecause !== 'calendar_gone') return;
      change(key, { enabled: true });
      remove(key, 'disabledBecause');
      due.set(key, dueAt);
    },
    async setRealTimeSync({ key }, realTimeSync) {
      change(key, { realTimeSync });
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
      due.set(key, dueAt);
    },
  };
};

const memoryChannels = (calendars: Calendars, due: Due): ChannelStore => {
  const channels = new Map<string, Channel>();
  const takeSlot = (read: Calendar, expected: string | undefined, set: Partial<Calendar>) => {
    const stored = calendars.get(read.key);
    if (stored?.channel?.id !== expected || stored?.connectGeneration !== read.connectGeneration) {
      throw new Superseded('The channel slot changed');
    }
    const { channel, ...rest } = stored as Calendar;
    calendars.set(read.key, { ...rest, ...structuredClone(set) });
  };
  const put = (channel: Channel) => channels.set(channel.id, structuredClone(channel));
  return {
    async begin(read, channel, slot) {
      takeSlot(read, read.channel?.id, { channel: slot });
      put(channel);
    },
    async activate(read, channel, slot, dueAt) {
      takeSlot(read, channel.id, { channel: slot });
      put(channel);
      due.set(read.key, dueAt);
    },
    async postpone(read, slot) {
      takeSlot(read, slot.id, { channel: slot });
      due.set(read.key, slot.renewAt);
    },
    async settle(read) {
      const slot = calendars.get(read.key)?.channel;
      if (slot === undefined) throw new Superseded('The slot is empty');
      const { unsettled, ...settled } = slot;
      takeSlot(read, read.channel?.id, { channel: settled });
    },
    async vacate(read, watchable) {
      takeSlot(read, read.channel?.id, { watchable });
    },
    async listOf(userId, key) {
      return structuredClone([...channels.values()].filter((one) => one.userId === userId && one.calendarKey === key));
    },
    async setState(channel, state) {
      put({ ...(channels.get(channel.id) as Channel), state });
    },
  };
};

const memoryConnections = (): Stores['connections'] => {
  const connections = new Map<string, Connection>();
  const change = async (read: Connection, set: Partial<Connection>) => {
    const stored = connections.get(read.userId);
    const isAsRead = stored?.refreshToken === read.refreshToken && stored.connectGeneration === read.connectGeneration;
    if (stored === undefined || !isAsRead) throw new Superseded('The connection changed');
    connections.set(read.userId, { ...stored, ...set });
  };
  return {
    async load(userId) {
      return structuredClone(connections.get(userId));
    },
    async create(connection) {
      if (connections.has(connection.userId)) throw new Superseded('There is a connection');
      connections.set(connection.userId, structuredClone(connection));
    },
    resume: change,
    saveTokens: change,
    markNeedsReauth: (read) => change(read, { state: 'needs_reauth' }),
    setRealTimeSync: (read, realTimeSync) => change(read, { realTimeSync }),
  };
};

const memoryQuarantine = (): Quarantine => {
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

const memorySeen = (): SeenStore => {
  const pages = new Map<string, string[]>();
  return {
    async add(key, { startedAt, page }, fingerprints) {
      pages.set(`${key}/${startedAt}/${page}`, fingerprints);
    },
    async load(key, { startedAt }) {
      return new Set([...pages].filter(([id]) => id.startsWith(`${key}/${startedAt}/`)).flatMap(([, seen]) => seen));
    },
  };
};

const memoryStates = (): OAuthStates => {
  const states = new Map<string, PendingConsent>();
  return {
    async save(hash, consent) {
      states.set(hash, consent);
    },
    async take(hash) {
      const consent = states.get(hash);
      states.delete(hash);
      return consent;
    },
  };
};

/** Planted bugs: each changes what a port does or says, in tests only. The harness must catch every one. */
import type { HintRecord } from '../../functions/sync-consumer/consume.ts';
import type { Appointment } from '../../shared/domain/appointment.ts';
import type { Calendar } from '../../shared/domain/calendar.ts';
import type { EventChange, EventContent } from '../../shared/domain/calendar-event.ts';
import { appointmentIdOf, eventMarkOf, ownerMarkOf } from '../../shared/domain/derived-ids.ts';
import { asId, type CalendarKey, type EventId } from '../../shared/domain/ids.ts';
import { instantAt, minute } from '../../shared/domain/instant.ts';
import { defaultSettings, type Shared } from '../../shared/domain/settings.ts';
import type { SyncEvent } from '../../shared/domain/sync-event.ts';
import type {
  Caller,
  EventsPage,
  EventsRequest,
  EventWriter,
  GoogleCalendar,
} from '../../shared/google/calendar-api.ts';
import type { CalendarApi } from '../../shared/google/calendar-client.ts';
import { queryVersion } from '../../shared/google/query.ts';
import type { Envelope } from '../../shared/queue/hint.ts';
import { isLive } from '../google/channels.ts';
import { deleteEvent, patchEvent } from '../google/events.ts';
import type { Stores } from '../support/memory-store.ts';
import type { Google } from './google.ts';
import { lastOwnLines, linesOf } from './own-lines.ts';
import type { Task } from './tasks.ts';

export type Client = GoogleCalendar & EventWriter;

type Around = {
  task: Task;
  google: Google;
  /** Beneath the ports. */
  stores: Stores;
  calendars: ReadonlyMap<CalendarKey, Calendar>;
  appointments: ReadonlyMap<string, Appointment>;
};

export type Mutant = {
  name: string;
  /** Within so many seeds it must be caught: seven times as many as it takes on average, so that a change elsewhere is none here. */
  budget: number;
  /** By one of these rules: those that it breaks. */
  by: readonly string[];
  /** As the sync calls them. */
  stores(stores: Stores, around: Around): Stores;
  /** Of a person's request. */
  requestStores(stores: Stores): Stores;
  /** Beneath the ports. */
  witnessed(stores: Stores, task: Task): Stores;
  api(api: CalendarApi): CalendarApi;
  google(client: Client, around: Around): Client;
  envelope(envelope: Envelope): Envelope;
  hints(hints: Envelope[]): Envelope[];
  records(events: SyncEvent[]): SyncEvent[];
  failures(undone: HintRecord[]): HintRecord[];
  acknowledgesDeferred: boolean;
  sweeps: boolean;
};

export const noMutant: Mutant = {
  name: 'none',
  budget: 0,
  by: [],
  stores: (stores) => stores,
  requestStores: (stores) => stores,
  witnessed: (stores) => stores,
  api: (api) => api,
  google: (client) => client,
  envelope: (envelope) => envelope,
  hints: (hints) => hints,
  records: (events) => events,
  failures: (undone) => undone,
  acknowledgesDeferred: false,
  sweeps: true,
};

type Bug = Partial<Mutant> & Pick<Mutant, 'by'>;

const planted = (name: string, budget: number, bug: Bug): Mutant => ({ ...noMutant, name, budget, ...bug });

type Listing = EventsPage | { kind: 'expired' };

/** All pages from here on, and the last one. */
const lastPage = async (client: Client, caller: Caller, request: EventsRequest): Promise<Listing> => {
  let page: Listing = await client.listEvents(caller, request);
  while (page.kind === 'page' && page.next.kind === 'more') {
    page = await client.listEvents(caller, { ...request, pageToken: page.next.pageToken });
  }
  return page;
};

/** The first page, said to be the last. */
const firstPageOnly: Mutant['google'] = (client) => ({
  ...client,
  async listEvents(caller, request) {
    const page = await client.listEvents(caller, request);
    if (page.kind !== 'page' || page.next.kind !== 'more') return page;
    const last = await lastPage(client, caller, { ...request, pageToken: page.next.pageToken });
    return last.kind === 'page' ? { ...page, next: last.next } : last;
  },
});

const unconfirmed: Mutant['google'] = (client) => ({
  ...client,
  getEvent: async (_, { eventId }) => ({ kind: 'deleted', id: eventId }),
});

const changing = (client: Client, change: (one: EventChange) => EventChange): Client => ({
  ...client,
  async listEvents(caller, request) {
    const page = await client.listEvents(caller, request);
    return page.kind === 'page' ? { ...page, changes: page.changes.map(change) } : page;
  },
  getEvent: async (caller, request) => change(await client.getEvent(caller, request)),
  async readEvent(caller, request) {
    const reading = await client.readEvent(caller, request);
    return { ...reading, change: change(reading.change) };
  },
});

/** `headers` without the version that the call depends on. */
const careless = (options: object): object => {
  const { headers = {}, ...rest } = options as { headers?: Record<string, string> };
  const { 'if-match': _, ...others } = headers;
  return { ...rest, headers: others };
};

/** `requestBody` without the zones of its times. */
const zoneless = <Query extends object>(query: Query): Query => {
  const { requestBody } = query as { requestBody?: Record<string, object> };
  const { start, end } = requestBody ?? {};
  if (start === undefined || end === undefined) return query;
  return { ...query, requestBody: { ...requestBody, start: withoutZone(start), end: withoutZone(end) } };
};
const withoutZone = ({ timeZone: _, ...time }: { timeZone?: unknown }): object => time;

const everything: Shared = {
  service: true,
  clientName: true,
  clientContact: true,
  price: true,
  location: true,
  notes: true,
};

const withOwnLinesTwice = <Request extends { content: EventContent }>(request: Request): Request => {
  const { description } = request.content;
  if (description === undefined) return request;
  const twice = [description, ...lastOwnLines(description)].join('\n');
  return { ...request, content: { ...request.content, description: twice } };
};

/** Without the last line, where our own are no more the last. */
const withoutWordsBelow = (change: EventChange): EventChange => {
  const { description = '' } = change.kind === 'event' ? change.event : {};
  const cut = linesOf(description).slice(0, -1).join('\n');
  if (change.kind !== 'event' || lastOwnLines(description).length > 0 || lastOwnLines(cut).length === 0) return change;
  return { kind: 'event', event: { ...change.event, description: cut } };
};

const saving = (stores: Stores, save: Stores['appointments']['save']): Stores => ({
  ...stores,
  appointments: { ...stores.appointments, save },
});

/** The appointment of the event, where that has taken the place of one that was deleted. */
const madeAnew = ({ appointments }: Around, eventId: string): Appointment | undefined =>
  [...appointments.values()].find(
    ({ link, status, sync }) =>
      link?.eventId === eventId && (link.idGeneration ?? 1) > 1 && status === 'confirmed' && sync.state === 'synced',
  );

const calendarOf = ({ google }: Around, { link }: Appointment) => {
  const calendar = google.world.state.calendars[link?.calendarId ?? ''];
  if (calendar === undefined) throw new Error('An event without a calendar');
  return calendar;
};

const strayId = (eventId: EventId, nth: number): EventId =>
  asId(`${eventId.slice(0, 20)}${(nth * 7_919).toString(32)}`);

const anotherId = (eventId: EventId, { writes }: Google): EventId => strayId(eventId, writes.length + 1);

export const mutants: Mutant[] = [
  planted('the harness itself throws', 10, {
    by: ['HARNESS'],
    failures: () => {
      throw new Error('Planted');
    },
  }),
  planted('cursor first', 10, {
    by: ['R5'],
    google: (client, { calendars, stores, task }) => ({
      ...client,
      async listEvents(caller, request) {
        const page = await client.listEvents(caller, request);
        const calendar = [...calendars.values()].find(({ calendarId }) => calendarId === request.calendarId);
        if (page.kind !== 'page' || page.next.kind === 'more' || calendar === undefined) return page;
        const at = instantAt(task.startedAt);
        await stores.calendars.commitListing(calendar, {
          cursor: page.next.cursor,
          queryVersion,
          coveredBefore: at,
          lastSyncAt: at,
        });
        return page;
      },
    }),
  }),
  planted('random event ids', 60, {
    by: ['R3'],
    google: (client, { google }) => ({
      ...client,
      insertEvent: (caller, request) =>
        client.insertEvent(caller, { ...request, eventId: anotherId(request.eventId, google) }),
    }),
  }),
  planted('a duplicate is inserted under another id', 80, {
    by: ['R3'],
    google: (client, { google }) => ({
      ...client,
      async insertEvent(caller, request) {
        const result = await client.insertEvent(caller, request);
        if (result.kind === 'written') return result;
        return client.insertEvent(caller, { ...request, eventId: anotherId(request.eventId, google) });
      },
    }),
  }),
  planted('no If-Match', 800, {
    by: ['R2'],
    api: (api) => ({
      ...api,
      events: {
        ...api.events,
        update: (query, options) => api.events.update(query, careless(options)),
        patch: (query, options) => api.events.patch(query, careless(options)),
        delete: (query, options) => api.events.delete(query, careless(options)),
      },
    }),
  }),
  planted('tombstones missed', 30, {
    by: ['R5'],
    google: (client) => ({
      ...client,
      async listEvents(caller, request) {
        const page = await client.listEvents(caller, request);
        if (page.kind !== 'page') return page;
        return { ...page, changes: page.changes.filter(({ kind }) => kind !== 'deleted') };
      },
    }),
  }),
  planted('no fence', 900, {
    by: ['R13'],
    stores: (stores, { calendars }) => {
      const known = new Map<CalendarKey, Calendar>();
      return {
        ...stores,
        calendars: {
          ...stores.calendars,
          async load(key) {
            const calendar = known.get(key) ?? (await stores.calendars.load(key));
            if (calendar !== undefined) known.set(key, calendar);
            return calendar;
          },
          async saveCheckpoint(read, checkpoint) {
            const stored = calendars.get(read.key) ?? read;
            await stores.calendars.saveCheckpoint(stored, checkpoint);
            known.set(read.key, { ...(known.get(read.key) ?? read), checkpoint });
          },
          commitListing: (read, commit) => stores.calendars.commitListing(calendars.get(read.key) ?? read, commit),
        },
      };
    },
  }),
  planted('failures are acknowledged', 60, { by: ['R6'], failures: () => [] }),
  planted('only the first failure of a batch is reported', 400, {
    by: ['R1', 'R6'],
    failures: (undone) => undone.slice(0, 1),
  }),
  planted('acknowledged when busy', 50, { by: ['R6'], acknowledgesDeferred: true }),
  planted('deduplicated by calendar', 20, {
    by: ['R1'],
    envelope: ({ hint }) => ({ hint, deduplicationId: hint.calendarKey }),
  }),
  planted('stop before watch', 20, {
    by: ['R7'],
    google: (client, { google }) => ({
      ...client,
      async watch(caller, request) {
        const channels = Object.values(google.world.state.channels);
        for (const channel of channels) {
          const isOld = channel.calendarId === request.calendarId && isLive(google.world, channel);
          if (isOld) await client.stop(caller, { id: asId(channel.id), resourceId: channel.resourceId });
        }
        return client.watch(caller, request);
      },
    }),
  }),
  planted('old channels are never stopped', 50, {
    by: ['R7'],
    google: (client) => ({ ...client, stop: async () => 'stopped' }),
  }),
  planted('a failed pull covers', 750, {
    by: ['R6'],
    witnessed: (stores, task) => ({
      ...stores,
      calendars: {
        ...stores.calendars,
        async noteTrouble(read, trouble) {
          await stores.calendars.noteTrouble(read, trouble);
          const { cursor } = read;
          const coveredBefore = instantAt(task.startedAt + task.skewMs);
          if (cursor === undefined) return;
          await stores.calendars.commitListing(read, {
            cursor,
            queryVersion,
            coveredBefore,
            lastSyncAt: coveredBefore,
          });
        },
      },
    }),
  }),
  planted('a page is skipped', 40, { by: ['R5'], google: firstPageOnly }),
  planted('absence is not confirmed', 200, { by: ['R1'], google: unconfirmed }),
  planted('absence is judged before the last page', 20, {
    by: ['R1'],
    google: (client, around) => unconfirmed(firstPageOnly(client, around), around),
  }),
  planted('410 is swallowed', 40, {
    by: ['R5'],
    google: (client) => ({
      ...client,
      async listEvents(caller, request) {
        const page = await client.listEvents(caller, request);
        if (page.kind === 'page') return page;
        const { cursor: _cursor, pageToken: _pageToken, ...anew } = request;
        const last = await lastPage(client, caller, anew);
        return last.kind === 'page' ? { ...last, changes: [] } : last;
      },
    }),
  }),
  planted('any 409 is adopted', 350, {
    by: ['R3'],
    google: (client, { appointments }) =>
      changing(client, (change) => {
        const id = change.kind === 'event' ? appointmentIdOf(change.event.id) : undefined;
        const userId = id && appointments.get(id)?.userId;
        if (change.kind !== 'event' || id === undefined || userId === undefined) return change;
        return { kind: 'event', event: { ...change.event, mark: eventMarkOf(ownerMarkOf('simulation', userId), id) } };
      }),
  }),
  planted('no sweep', 30, { by: ['R1'], sweeps: false }),
  planted('what comes in is sent back', 30, {
    by: ['R4'],
    witnessed: (stores) =>
      saving(stores, async (next, beside) => {
        const { link, sync, provenance, updatedAt } = next;
        if (provenance.actor !== 'google' || sync.state !== 'synced' || link === undefined)
          return stores.appointments.save(next, beside);
        const { calendarKey, calendarId } = link;
        const pending = {
          state: 'pending',
          target: { calendarKey, calendarId },
          since: updatedAt,
          notBefore: updatedAt,
          attempts: 0,
        } as const;
        return stores.appointments.save({ ...next, sync: pending }, beside);
      }),
  }),
  planted('writes are not conditional', 600, {
    by: ['R12'],
    witnessed: (stores) =>
      saving(stores, async (next, beside = {}) => {
        const [stored] = await stores.appointments.loadMany(next.userId, [next.id]);
        if (stored === undefined) return stores.appointments.save(next, beside);
        const version = next.version > (beside.before?.version ?? 0) ? stored.version + 1 : stored.version;
        return stores.appointments.save(
          { ...next, revision: stored.revision + 1, version },
          { ...beside, before: stored },
        );
      }),
  }),
  planted('a newer mark is cleared', 2_500, {
    by: ['R2'],
    witnessed: (stores, task) =>
      saving(stores, async (next, beside) => {
        const result = await stores.appointments.save(next, beside);
        if (result === 'saved' || next.sync.state !== 'synced' || task.kind !== 'consumer') return result;
        const [stored] = await stores.appointments.loadMany(next.userId, [next.id]);
        if (stored?.sync.state !== 'pending') return result;
        const { base: _base, ...rest } = stored;
        return stores.appointments.save(
          { ...rest, ...(next.link && { link: next.link }), sync: next.sync, revision: stored.revision + 1 },
          { before: stored },
        );
      }),
  }),
  planted('the order of versions is not checked', 3_500, {
    by: ['R1', 'R2', 'R5'],
    google: (client, { google }) =>
      changing(client, (change) =>
        change.kind === 'event'
          ? { kind: 'event', event: { ...change.event, updated: instantAt(google.world.now()) } }
          : change,
      ),
  }),
  planted('what cannot be read is dropped', 80, {
    by: ['R5'],
    witnessed: (stores) => ({ ...stores, quarantine: { ...stores.quarantine, park: async () => undefined } }),
  }),
  planted('the mark is not set', 10, {
    by: ['R1'],
    requestStores: (stores) =>
      saving(stores, (next, beside) =>
        stores.appointments.save(next.sync.state === 'pending' ? { ...next, sync: { state: 'synced' } } : next, beside),
      ),
  }),
  planted('the stream sends no hints', 30, { by: ['R1'], hints: () => [] }),
  planted('what Google changes is not on record', 10, {
    by: ['R12'],
    records: (events) => events.filter(({ provenance }) => provenance.actor !== 'google'),
  }),
  planted('a dead grant is used on', 60, {
    by: ['R14'],
    stores: (stores) => ({
      ...stores,
      connections: {
        ...stores.connections,
        async load(userId) {
          const connection = await stores.connections.load(userId);
          return connection?.state === 'needs_reauth' ? { ...connection, state: 'connected' } : connection;
        },
      },
    }),
  }),
  planted('the appointments of whoever comes first', 20, {
    by: ['R15'],
    stores: (stores, { appointments }) => ({
      ...stores,
      appointments: {
        ...stores.appointments,
        loadMany: (userId, ids) =>
          stores.appointments.loadMany(
            [...appointments.values()].find((one) => one.userId !== userId)?.userId ?? userId,
            ids,
          ),
      },
    }),
  }),
  planted('no limit on mass changes', 430, {
    by: ['R9'],
    stores: (stores) => ({
      ...stores,
      appointments: {
        ...stores.appointments,
        async list(request) {
          const page = await stores.appointments.list(request);
          if (request.limit !== 500) return page;
          return { ...page, items: page.items.flatMap((item) => Array.from({ length: 20 }, () => item)) };
        },
      },
    }),
  }),
  planted('each record is written twice', 20, {
    by: ['R12'],
    records: (events) => events.flatMap((one) => [one, one]),
  }),
  planted('a record leaves out what was before', 20, {
    by: ['R12'],
    records: (events) => events.map(({ before: _, ...event }) => event),
  }),
  planted('a record names another chain', 20, {
    by: ['R12'],
    records: (events) =>
      events.map((event) => ({ ...event, provenance: { ...event.provenance, chainId: asId('another') } })),
  }),
  planted('a record gives no reason', 20, {
    by: ['R12'],
    records: (events) =>
      events.map((event) => ({ ...event, provenance: { ...event.provenance, reason: '' as never } })),
  }),
  planted('the zone is not written', 100, {
    by: ['R1', 'R2'],
    api: (api) => ({
      ...api,
      events: {
        ...api.events,
        insert: (query, options) => api.events.insert(zoneless(query), options),
        update: (query, options) => api.events.update(zoneless(query), options),
        patch: (query, options) => api.events.patch(zoneless(query), options),
      },
    }),
  }),
  planted('the end is not read', 300, {
    by: ['R1'],
    google: (client) =>
      changing(client, (change) => {
        if (change.kind !== 'event' || change.event.start.kind === 'date') return change;
        const dateTime = instantAt(Date.parse(change.event.start.dateTime) + 30 * minute);
        return { kind: 'event', event: { ...change.event, end: { ...change.event.start, dateTime } } };
      }),
  }),
  planted('foreign events are read in another zone', 20, {
    by: ['R1'],
    google: (client) =>
      changing(client, (change) => {
        if (change.kind !== 'event' || change.event.mark !== undefined || change.event.start.kind === 'date')
          return change;
        const start = { ...change.event.start, timeZone: 'Pacific/Auckland' };
        return { kind: 'event', event: { ...change.event, start } };
      }),
  }),
  planted('an error quotes a title', 300, {
    by: ['R15'],
    google: (client) => ({
      ...client,
      async insertEvent(caller, request) {
        try {
          return await client.insertEvent(caller, request);
        } catch (error) {
          if (error instanceof Error) error.message += `: ${request.content.summary}`;
          throw error;
        }
      },
    }),
  }),
  planted('a hint quotes a title', 20, {
    by: ['R15'],
    hints: (hints) => hints.map(({ hint, ...rest }) => ({ ...rest, hint: { ...hint, chainId: asId('title-0') } })),
  }),
  planted('no limit on moves', 2_000, {
    by: ['R9'],
    stores: (stores, { google }) => ({
      ...stores,
      appointments: {
        ...stores.appointments,
        async list(request) {
          const page = await stores.appointments.list(request);
          const events = Object.values(google.world.state.calendars).flatMap((one) => Object.values(one.events));
          const isCleared = events.filter(({ body }) => body.status === 'cancelled').length > 8;
          if (request.limit !== 500 || isCleared) return page;
          return { ...page, items: page.items.flatMap((item) => Array.from({ length: 20 }, () => item)) };
        },
      },
    }),
  }),
  planted('channels of accounts that are left go on', 500, {
    by: ['R7'],
    google: (client, { task }) => (task.kind === 'person' ? { ...client, stop: async () => 'stopped' } : client),
  }),
  planted('edits of what was made anew are undone', 600, {
    by: ['R2'],
    google: (client, around) =>
      changing(client, (change) => {
        const anew = change.kind === 'event' && madeAnew(around, change.event.id);
        if (!anew || change.event.summary === anew.fields.title) return change;
        const { title: summary } = anew.fields;
        patchEvent(around.google.world, calendarOf(around, anew), change.event.id, { summary });
        return { kind: 'event', event: { ...change.event, summary } };
      }),
  }),
  planted('what was made anew is deleted', 600, {
    by: ['R2'],
    google: (client, around) => ({
      ...client,
      async listEvents(caller, request) {
        for (const { body } of Object.values(around.google.world.state.calendars[request.calendarId]?.events ?? {})) {
          const anew = body.status !== 'cancelled' && madeAnew(around, body.id);
          if (anew) deleteEvent(around.google.world, calendarOf(around, anew), body.id);
        }
        return client.listEvents(caller, request);
      },
    }),
  }),
  planted('what an event was told is forgotten', 250, {
    by: ['R1', 'R2'],
    witnessed: (stores) =>
      saving(stores, (next, beside) => {
        if (next.link === undefined) return stores.appointments.save(next, beside);
        const { footer: _footer, sent: _sent, ...link } = next.link;
        return stores.appointments.save({ ...next, link }, beside);
      }),
  }),
  planted('what is not shared is told', 80, {
    by: ['R1'],
    stores: (stores) => ({
      ...stores,
      connections: {
        ...stores.connections,
        async load(userId) {
          const connection = await stores.connections.load(userId);
          const { settings = defaultSettings } = connection ?? {};
          return connection && { ...connection, settings: { ...settings, shared: everything } };
        },
      },
    }),
  }),
  planted('our own lines are written twice', 30, {
    by: ['R1', 'R2'],
    google: (client) => ({
      ...client,
      insertEvent: (caller, request) => client.insertEvent(caller, withOwnLinesTwice(request)),
      updateEvent: (caller, request) => client.updateEvent(caller, withOwnLinesTwice(request)),
    }),
  }),
  planted('what is written below our own lines is cut off', 480, {
    by: ['R1', 'R2'],
    google: (client) => changing(client, withoutWordsBelow),
  }),
];

export const mutantOf = (name: string | undefined): Mutant => {
  const mutant = name === undefined ? noMutant : mutants.find((one) => one.name === name);
  if (mutant === undefined) throw new Error(`No planted bug is called "${name}"`);
  return mutant;
};

/**
 * Google in the same process: the stand-in of test/google, which has its own suite, without HTTP. It answers what Google's
 * client calls, so the product's own client (shared/google) runs over it; and it tells its watchers of every change.
 */
import type { CalendarApi } from '../../shared/google/calendar-client.ts';
import { access } from '../google/calendar-list.ts';
import { isLive, openChannel, showChannel, type WatchRequest } from '../google/channels.ts';
import { createControl } from '../google/control.ts';
import { ApiError } from '../google/errors.ts';
import { insertEvent } from '../google/events.ts';
import { findEvent } from '../google/instances.ts';
import { operations } from '../google/operations.ts';
import { createPush } from '../google/push.ts';
import { type Channel, type EventBody, emptyState } from '../google/state.ts';
import { defaultSettings, type World } from '../google/world.ts';
import type { PortKind } from './faults.ts';
import { call, count, note, type Sim, type Task } from './tasks.ts';

export const unreadableMark = 'unreadable';
const scopes = ['https://www.googleapis.com/auth/calendar'];

/** A call of Google's client. */
type Asked = { task: Task; operation: string; query: Record<string, unknown>; headers: Record<string, string> };
type Answer = { data: unknown };

type Notified = (channel: Channel, number: number, state: 'sync' | 'exists') => void;

export type GoogleOptions = {
  sim: Sim;
  skewMs: number;
  /** How many events a page holds. */
  pageSize: number;
  notified: Notified;
  /** Whether the system knows this version of the event: only those may a listing leave out, for it could not miss the others. */
  isKnown(eventId: string, etag: string): boolean;
};

/** `was`, `is`: its description before and after. */
export type Written = { operation: string; calendarId: string; eventId: string; was: unknown; is: unknown; task: Task };
export type Called = { operation: string; email: string; calendarId: string; isFirstPage: boolean; task: Task };

export type Google = ReturnType<typeof googleIn>;

export const googleIn = ({ sim, skewMs, pageSize, notified, isKnown }: GoogleOptions) => {
  const { kernel, random } = sim;
  const world: World = {
    state: emptyState(),
    settings: { ...defaultSettings, accessTokenSeconds: 3_600 },
    now: () => kernel.now() + skewMs,
    log: [],
    faults: [],
    push: createPush(),
    touched: new Set(),
  };
  const control = createControl(world);
  const writes: Written[] = [];
  let tokens = 0;
  /** Earlier versions of events, for answers that lag behind. */
  const earlier = new Map<string, EventBody>();

  const dropped = new Set<string>();
  const reused = new Set<string>();
  const deletedLate = new Set<string>();
  const hooks: {
    called?: (called: Called) => void;
    written?: (written: Written) => void;
    stopping?: (id: string, task: Task) => void;
  } = {};

  /** Every live channel of what has changed hears of it. */
  const tell = (): void => {
    for (const calendarId of world.touched) {
      for (const channel of Object.values(world.state.channels)) {
        if (channel.calendarId === calendarId && isLive(world, channel)) tellOne(channel, 'exists');
      }
    }
    world.touched.clear();
  };
  const tellOne = (channel: Channel, state: 'sync' | 'exists'): void => {
    channel.messageNumber += state === 'sync' ? 1 : 1 + (channel.messageNumber % 3);
    notified(channel, channel.messageNumber, state);
  };

  const issue = (email: string): string => {
    tokens += 1;
    const token = `ya29.${email}.${tokens}`;
    world.state.accessTokens[token] = { email, scopes, clientId: 'client', expiresAt: kernel.now() + 3_600_000 };
    return token;
  };

  const perform = ({ task, operation, query, headers }: Asked): unknown => {
    const { calendarId = '', eventId = '', requestBody = {}, quotaUser: _quotaUser, fields: _fields, ...rest } = query;
    const token = (headers.authorization ?? '').replace('Bearer ', '');
    const path = { calendarId: String(calendarId), eventId: String(eventId) };
    const isFirstPage = query.pageToken === undefined;
    hooks.called?.({ operation, email: emailIn(token), calendarId: path.calendarId, isFirstPage, task });
    const grant = world.state.accessTokens[token];
    const account = world.state.accounts[emailIn(token)];
    if (grant === undefined || account === undefined || grant.expiresAt <= kernel.now())
      throw refusal(401, 'authError');
    if (operation === 'events.watch') {
      const { calendar } = access(world, account, path.calendarId);
      const channel = openChannel(world, calendar, grant, requestBody as WatchRequest, 'https://www.googleapis.com');
      kernel.after(random.between('sync message', 0, 400), () => tellOne(channel, 'sync'));
      return showChannel(channel);
    }
    const id = `calendar.${operation}`;
    const act = operations[id];
    if (act === undefined) throw new Error(`The stand-in has no ${id}`);
    if (operation === 'channels.stop') hooks.stopping?.(String((requestBody as { id?: string }).id), task);
    const isWrite = changes.has(operation);
    if (isWrite && operation !== 'events.insert') remember(path.calendarId, path.eventId);
    const reply = act(world, {
      account,
      grant,
      path,
      query: rest,
      body: requestBody as Record<string, unknown>,
      origin: 'https://www.googleapis.com',
      ...(headers['if-match'] !== undefined && { ifMatch: headers['if-match'] }),
      pageSize,
    });
    if (reply instanceof Promise) throw new Error(`${id} is not answered at once`);
    if (isWrite) {
      const inserted = operation === 'events.insert' ? String((requestBody as { id?: string }).id) : path.eventId;
      const was =
        operation === 'events.insert' ? undefined : earlier.get(`${path.calendarId}/${path.eventId}`)?.description;
      const is = world.state.calendars[path.calendarId]?.events[inserted]?.body.description;
      const written = { operation, calendarId: path.calendarId, eventId: inserted, was, is, task };
      writes.push(written);
      if (operation === 'events.delete' && kernel.now() > task.endsAt) deletedLate.add(path.eventId);
      tell();
      hooks.written?.(written);
    }
    return seen(reply.body);
  };

  const remember = (calendarId: string, eventId: string): void => {
    const stored = world.state.calendars[calendarId]?.events[eventId];
    if (stored !== undefined) earlier.set(`${calendarId}/${eventId}`, stored.body);
  };

  /** Some events of people's cannot be read by our schema. */
  const seen = (body: unknown): unknown => {
    if (typeof body !== 'object' || body === null) return body;
    if ('items' in body && Array.isArray(body.items)) return { ...body, items: body.items.map(seen) };
    const { summary, status } = body as { summary?: unknown; status?: unknown };
    const isUnreadable = status !== 'cancelled' && typeof summary === 'string' && summary.startsWith(unreadableMark);
    return isUnreadable ? { ...body, start: { when: 'soon' } } : body;
  };

  const api = (task: Task): CalendarApi => {
    const method =
      (operation: string, kind: PortKind) =>
      async (query: object, options: object): Promise<{ data: unknown }> => {
        const { headers = {} } = options as { headers?: Asked['headers'] };
        const asked = { task, operation, query: query as Asked['query'], headers };
        const effect = async () => answerTo(asked);
        return call(sim, task, { name: operation, kind }, effect, {
          latencyMs: kind === 'list' ? 250 : 150,
          instead: (fault, _effect, spare) => misbehave(asked, fault, spare),
        });
      };
    return {
      events: {
        list: method('events.list', 'list'),
        instances: method('events.instances', 'get'),
        watch: method('events.watch', 'watch'),
        get: method('events.get', 'get'),
        insert: method('events.insert', 'change'),
        update: method('events.update', 'change'),
        patch: method('events.patch', 'change'),
        delete: method('events.delete', 'change'),
        move: method('events.move', 'change'),
      },
      calendarList: { list: method('calendarList.list', 'get') },
      channels: { stop: method('channels.stop', 'stop') },
    };
  };

  const answerTo = (asked: Asked): Answer => {
    try {
      return { data: perform(asked) };
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      noteRefusal(asked, error);
      const body = error.body as { error?: { errors?: { reason?: string }[] } };
      throw refusal(error.code, body.error?.errors?.[0]?.reason); // As the client throws it.
    }
  };

  const noteRefusal = ({ operation, query }: Asked, { code }: ApiError): void => {
    if (code === 412) count(sim, 'a write that somebody was before: 412');
    if (code !== 409 || operation !== 'events.insert') return;
    const { id, extendedProperties } = query.requestBody as EventBody;
    const existing = world.state.calendars[String(query.calendarId)]?.events[id];
    const isOurs = JSON.stringify(existing?.body.extendedProperties) === JSON.stringify(extendedProperties);
    count(sim, isOurs ? 'an insert that was there already: 409' : 'an insert that meets another event: 409');
  };

  /** `spare`: of what cannot go wrong like that. */
  const misbehave = async (asked: Asked, fault: string, spare: () => void): Promise<Answer> => {
    const { operation, query, headers } = asked;
    const effect = (): Answer => answerTo(asked);
    const unharmed = (): Answer => {
      spare();
      return effect();
    };
    const refused = refusals[fault];
    if (fault === '403-permission' && operation === 'events.get' && isMoved(query.eventId)) return unharmed();
    if (refused !== undefined) throw refused();
    const isGeneration = query.syncToken === undefined;
    switch (fault) {
      case 'after':
      case 'reset':
        if (fault === 'after') effect();
        throw new Error('socket hang up');
      case 'malformed':
        if (changes.has(operation) || operation === 'events.watch' || operation === 'channels.stop') effect();
        return { data: { items: [{ id: 7 }], start: 'never' } };
      case '410':
        if (query.syncToken === undefined && query.pageToken === undefined) return unharmed();
        throw refusal(410, 'fullSyncRequired');
      case '400-token':
        if (query.syncToken === undefined && query.pageToken === undefined) return unharmed();
        throw refusal(400, 'invalid');
      case 'no-token': {
        const { nextSyncToken: _, nextPageToken: __, ...page } = effect().data as Record<string, unknown>;
        return { data: page };
      }
      case 'empty':
      case 'short': {
        if (!isGeneration) return unharmed();
        const { data } = effect();
        const { items = [], ...page } = data as { items?: { id: string; etag: string }[] };
        const kept = items.filter(
          ({ id, etag }) => !isKnown(id, etag) || (fault === 'short' && random.next('short') < 0.5),
        );
        if (kept.length < items.length) count(sim, 'a generation that leaves out what is there');
        else spare();
        return { data: { ...page, items: kept } };
      }
      case 'stale':
        return (operation === 'events.list' ? lagging(query) : lagged(query)) ?? unharmed();
      case 'unnoticed-duplicate':
        return (operation === 'events.insert' ? overwrite(asked) : undefined) ?? unharmed();
      case '412':
        if (headers['if-match'] === undefined) return unharmed();
        throw refusal(412, 'conditionNotMet');
      default:
        throw new Error(`No such fault of Google's: ${fault}`);
    }
  };

  /** Once in another calendar, if only as a tombstone. A calendar that is refused for good when it is looked for there has none. */
  const isMoved = (eventId: unknown): boolean =>
    Object.values(world.state.calendars).filter(({ events }) => events[String(eventId)] !== undefined).length > 1;

  /** A replica that has not heard of anything since the cursor was made: nothing new, and the cursor stays where it is. */
  const lagging = (query: Asked['query']): Answer | undefined => {
    if (typeof query.syncToken !== 'string') return undefined;
    count(sim, 'a listing that lags behind');
    return { data: { kind: 'calendar#events', timeZone: 'UTC', items: [], nextSyncToken: query.syncToken } };
  };

  /** The version before the last. */
  const lagged = ({ calendarId, eventId }: Asked['query']): Answer | undefined => {
    const body = earlier.get(`${calendarId}/${eventId}`);
    const current = world.state.calendars[String(calendarId)]?.events[String(eventId)];
    if (body === undefined || current === undefined || current.body.status === 'cancelled') return undefined;
    return { data: seen({ ...body }) };
  };

  /** "Due to the globally distributed nature of the system, we cannot guarantee that ID collisions will be detected." */
  const overwrite = (asked: Asked): Answer | undefined => {
    const { query } = asked;
    const calendar = world.state.calendars[String(query.calendarId)];
    const body = query.requestBody as { id: string };
    const existing = calendar?.events[body.id];
    if (calendar === undefined || existing?.body.status !== 'cancelled') return undefined;
    if (existing.body.extendedProperties === undefined) return undefined; // A stranger's, which a block may stand for: too much at once.
    if (isMoved(body.id)) return undefined; // It is not free.
    delete calendar.events[body.id];
    count(sim, 'an id used again unnoticed');
    reused.add(body.id);
    return answerTo(asked);
  };

  return {
    world,
    control,
    hooks,
    writes,
    /** Channels that Google gave up before their time. */
    dropped,
    /** Events whose id Google has let be used again: of the deletion before, nobody can know any more. */
    reused,
    /** Events deleted by a request whose process was over by then: it may have been decided otherwise. */
    deletedLate,
    api,
    issue,
    tell,
    remember,
    find: (calendarId: string, eventId: string): EventBody | undefined => {
      const calendar = world.state.calendars[calendarId];
      try {
        return calendar && findEvent(world, calendar, eventId);
      } catch (error) {
        if (error instanceof ApiError) return undefined;
        throw error;
      }
    },
    insert: (calendarId: string, event: Record<string, unknown>): EventBody => {
      const calendar = world.state.calendars[calendarId];
      if (calendar === undefined) throw new Error(`No calendar ${calendarId}`);
      const body = insertEvent(world, calendar, calendarId, event);
      tell();
      return body;
    },
    /** Google gives a channel up before its time. */
    dropChannel: (channel: Channel): void => {
      channel.expiration = world.now();
      dropped.add(channel.id);
    },
    note: (text: string) => note(sim, 'google', () => text),
  };
};

/** Our own tokens say whose they are, also when they are dead. */
const emailIn = (token: string): string => token.replace(/^ya29\./, '').replace(/\.\d+$/, '');

const changes: ReadonlySet<string> = new Set([
  'events.insert',
  'events.update',
  'events.patch',
  'events.delete',
  'events.move',
]);

/** As Google's client throws it. */
const refusal = (status: number, reason: string | undefined, headers: Record<string, string> = {}): Error =>
  Object.assign(new Error(`${status} ${reason ?? ''}`), {
    response: {
      status,
      headers: new Headers(headers),
      data: reason === undefined ? '<html>' : { error: { errors: [{ reason }] } },
    },
  });

const refusals: Record<string, () => Error> = {
  '401': () => refusal(401, 'authError'),
  '403-permission': () => refusal(403, 'forbidden'),
  '403-rate': () => refusal(403, 'rateLimitExceeded'),
  '403-quota': () => refusal(403, 'quotaExceeded'),
  '404-gateway': () => refusal(404, undefined),
  '429': () => refusal(429, 'rateLimitExceeded'),
  '429-wait': () => refusal(429, 'rateLimitExceeded', { 'retry-after': '40' }),
  '500': () => refusal(503, 'backendError'),
};

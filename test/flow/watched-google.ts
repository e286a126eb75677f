/**
 * A Google in memory that keeps channels: it lets them expire, sends `sync` when one is made and a notification when an event
 * changes, and refuses what it is told to. What it has kept is the truth that coverage is measured by.
 */
import type { CalendarEvent, EventChange } from '../../shared/domain/calendar-event.ts';
import { asId, type CalendarId, type ChannelId } from '../../shared/domain/ids.ts';
import { type Instant, plusMs } from '../../shared/domain/instant.ts';
import type { GoogleCalendar } from '../../shared/google/calendar-api.ts';
import { GoogleError } from '../../shared/google/google-error.ts';
import { anEvent } from '../support/samples.ts';

export type KeptChannel = {
  id: ChannelId;
  calendarId: CalendarId;
  resourceId: string;
  createdAt: Instant;
  expiresAt: Instant;
  stoppedAt?: Instant;
};

export type FiringChannel = Pick<KeptChannel, 'id' | 'calendarId' | 'resourceId'>;

/** What Google does with one calendar, otherwise than it should. */
export type Behaviour = {
  grantsMs?: number;
  /** Undefined: the channel is made. */
  refusesWatch?(at: Instant): GoogleError | undefined;
  refusesStop?(at: Instant): GoogleError | undefined;
  /** The user has withdrawn the grant, in that time. */
  isRevoked?(at: Instant): boolean;
};

export const refusal = (operation: string, status: number, reason?: string): GoogleError =>
  new GoogleError(operation, status, reason, undefined);

/** All channels of one calendar share it. */
const resourceOf = (calendarId: CalendarId): string => `resource of ${calendarId}`;
const calendarOf = (resourceId: string): CalendarId => asId(resourceId.replace('resource of ', ''));

type World = { clock(): Instant; fire(channel: FiringChannel): void };

export const watchedGoogle = ({ clock, fire }: World, behaviours: ReadonlyMap<CalendarId, Behaviour>) => {
  const channels = new Map<CalendarId, KeptChannel[]>();
  const channelsOf = (calendarId: CalendarId): KeptChannel[] => channels.get(calendarId) ?? [];
  const events = new Map<CalendarId, CalendarEvent[]>();
  const calls: { call: string; calendarId: CalendarId }[] = [];

  const isLive = ({ stoppedAt, expiresAt }: KeptChannel, at: Instant) => stoppedAt === undefined && at < expiresAt;
  const answerFor = (call: string, calendarId: CalendarId): Behaviour => {
    calls.push({ call, calendarId });
    const behaviour = behaviours.get(calendarId) ?? {};
    if (behaviour.isRevoked?.(clock())) throw refusal(call, 401, 'authError');
    return behaviour;
  };

  const api: Pick<GoogleCalendar, 'watch' | 'stop' | 'listEvents'> = {
    async watch(_, { calendarId, channelId: id, expiresAt }) {
      const { grantsMs = Number.POSITIVE_INFINITY, refusesWatch } = answerFor('watch', calendarId);
      const refused = refusesWatch?.(clock());
      if (refused !== undefined) throw refused;
      const most = Number.isFinite(grantsMs) ? plusMs(clock(), grantsMs) : expiresAt;
      const resourceId = resourceOf(calendarId);
      const channel = {
        id,
        calendarId,
        resourceId,
        createdAt: clock(),
        expiresAt: most < expiresAt ? most : expiresAt,
      };
      channels.set(calendarId, [...channelsOf(calendarId), channel]);
      fire(channel); // `sync` may overtake the answer.
      return { resourceId, expiresAt: channel.expiresAt };
    },

    async stop(_, { id, resourceId }) {
      const channel = channelsOf(calendarOf(resourceId)).find((kept) => kept.id === id);
      if (channel === undefined || !isLive(channel, clock())) return 'unknown';
      const refused = answerFor('stop', channel.calendarId).refusesStop?.(clock());
      if (refused !== undefined) throw refused;
      channel.stoppedAt = clock();
      return 'stopped';
    },

    async listEvents(_, { calendarId, cursor }) {
      answerFor('list', calendarId);
      const all = events.get(calendarId) ?? [];
      const changes: EventChange[] = all.slice(Number(cursor ?? 0)).map((event) => ({ kind: 'event', event }));
      return { kind: 'page', changes, timeZone: 'UTC', next: { kind: 'end', cursor: `${all.length}` } };
    },
  };

  return {
    api,
    channelsOf,
    calls,
    live: (calendarId: CalendarId) => channelsOf(calendarId).filter((kept) => isLive(kept, clock())),
    /** A person makes an appointment: every live channel tells of it. */
    addEvent(calendarId: CalendarId, startsAt: Instant): void {
      const known = events.get(calendarId) ?? [];
      const moment = (dateTime: Instant) => ({ kind: 'dateTime' as const, dateTime, timeZone: 'UTC' });
      const id = asId<CalendarEvent['id']>(`event${known.length}of${calendarId}`);
      const times = { start: moment(startsAt), end: moment(plusMs(startsAt, 60_000)), updated: clock() };
      events.set(calendarId, [...known, anEvent({ id, etag: `"${known.length}"`, ...times })]);
      for (const channel of this.live(calendarId)) fire(channel);
    },
    countEvents: (calendarId: CalendarId) => events.get(calendarId)?.length ?? 0,
  };
};

/** The spans in which no channel of the calendar was live, from the first one on. */
export const gapsOf = (channels: KeptChannel[], until: Instant): { from: Instant; to: Instant }[] => {
  const gaps: { from: Instant; to: Instant }[] = [];
  const sorted = channels.toSorted((a, b) => (a.createdAt < b.createdAt ? -1 : 1));
  let coveredUntil = sorted[0]?.createdAt;
  for (const { createdAt, expiresAt, stoppedAt } of sorted) {
    if (coveredUntil !== undefined && coveredUntil < createdAt) gaps.push({ from: coveredUntil, to: createdAt });
    const end = stoppedAt !== undefined && stoppedAt < expiresAt ? stoppedAt : expiresAt;
    if (coveredUntil === undefined || coveredUntil < end) coveredUntil = end;
  }
  if (coveredUntil !== undefined && coveredUntil < until) gaps.push({ from: coveredUntil, to: until });
  return gaps;
};

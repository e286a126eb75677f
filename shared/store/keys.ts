/**
 * The whole table on one screen. Partition key `pk`, sort key `sk`, TTL attribute `expiresAt` (epoch seconds).
 *
 * | pk                | sk                               | item                                              |
 * | ----------------- | -------------------------------- | ------------------------------------------------- |
 * | CALENDAR#<key>    | STATE                            | calendar: what it is, cursor, channel slot        |
 * | CALENDAR#<key>    | QUARANTINE#<hash of the event>   | an event that cannot be read                      |
 * | CALENDAR#<key>    | SEEN#<start>#<page>              | what a generation has seen; TTL                   |
 * | USER#<user>       | CONNECTION#google                | connection                                        |
 * | USER#<user>       | CALENDAR#<key>                   | pointer to a calendar                             |
 * | USER#<user>       | CHANNEL#<key>#<channel>          | channel                                           |
 * | USER#<user>       | APPOINTMENT#<id>                 | appointment                                       |
 * | USER#<user>       | DAY#<date>                       | bookings of a civil day (UTC), an attribute each  |
 * | USER#<user>       | CONFLICT#<id>                    | review item; TTL once it is closed                |
 * | USER#<user>       | SYNC_REQUEST                     | the last sync that the user has asked for         |
 * | LOG#<user>        | SYNC_EVENT#<time>#<id>#<version> | sync event (audit); TTL                           |
 * | LOG#<user>        | NOTIFICATION#<time>#<chain>      | run that a notification has caused; TTL           |
 * | OAUTH_STATE#<hash> | STATE                           | one-time OAuth state; TTL                         |
 * | VAULT             | DATA_KEY#<id>                    | wrapped data key of the token vault               |
 * | VAULT             | ACTIVE_DATA_KEY                  | which of them new tokens are sealed under         |
 *
 * | index   | partition                      | sort         | holds                                            |
 * | ------- | ------------------------------ | ------------ | ------------------------------------------------ |
 * | agenda  | USER#<user>#<span>             | start, id    | appointments; span: DAYS, LONG or CANCELLED      |
 * | due     | DUE#<shard>                    | due time     | calendars, by when the sweep must look at them   |
 * | due     | SEALED#<data key>              | user         | connections, by the key that their tokens need   |
 * | pending | CALENDAR#<key of the target>   | not before, id | appointments that Google must still hear of    |
 */
import { hash } from 'node:crypto';
import {
  type AppointmentId,
  asId,
  type CalendarKey,
  type ChainId,
  type ChannelId,
  type ConflictId,
  type EventId,
  type UserId,
} from '../domain/ids.ts';
import type { Instant } from '../domain/instant.ts';

export type Key = { pk: string; sk: string };

export const keys = {
  calendar: (key: CalendarKey): Key => ({ pk: `CALENDAR#${key}`, sk: 'STATE' }),
  quarantine: (key: CalendarKey, event: EventId): Key => ({
    pk: `CALENDAR#${key}`,
    sk: `QUARANTINE#${hash('sha256', event, 'base64url')}`, // An id may be longer than a key.
  }),
  seen: (key: CalendarKey, startedAt: Instant, page: number): Key => ({
    pk: `CALENDAR#${key}`,
    sk: `SEEN#${startedAt}#${page}`,
  }),
  connection: (user: UserId): Key => ({ pk: `USER#${user}`, sk: 'CONNECTION#google' }),
  pointer: (user: UserId, key: CalendarKey): Key => ({ pk: `USER#${user}`, sk: `CALENDAR#${key}` }),
  channel: (user: UserId, key: CalendarKey, channel: ChannelId): Key => ({
    pk: `USER#${user}`,
    sk: `CHANNEL#${key}#${channel}`,
  }),
  appointment: (user: UserId, id: AppointmentId): Key => ({ pk: `USER#${user}`, sk: `APPOINTMENT#${id}` }),
  day: (user: UserId, date: string): Key => ({ pk: `USER#${user}`, sk: `DAY#${date}` }),
  conflict: (user: UserId, id: ConflictId): Key => ({ pk: `USER#${user}`, sk: `CONFLICT#${id}` }),
  syncRequest: (user: UserId): Key => ({ pk: `USER#${user}`, sk: 'SYNC_REQUEST' }),
  syncEvent: (user: UserId, at: Instant, id: AppointmentId, version: number): Key =>
    logKey(user, logPosition(at, id, version)),
  notifiedRun: (user: UserId, at: Instant, chain: ChainId): Key => ({
    pk: `LOG#${user}`,
    sk: `NOTIFICATION#${at}#${chain}`,
  }),
  oauthState: (hash: string): Key => ({ pk: `OAUTH_STATE#${hash}`, sk: 'STATE' }),
  activeDataKey: (): Key => ({ pk: 'VAULT', sk: 'ACTIVE_DATA_KEY' }),
  dataKey: (id: string): Key => ({ pk: 'VAULT', sk: `DATA_KEY#${id}` }),
} as const;

/** The appointment that lies under this key. */
export const appointmentAt = ({ pk, sk }: Key): { userId: UserId; id: AppointmentId } => ({
  userId: asId(pk.replace('USER#', '')),
  id: asId(sk.replace('APPOINTMENT#', '')),
});

/** Where items of one kind lie together: the partition, and how their sort keys begin. */
export const prefixes = {
  dataKeys: (): Key => ({ pk: 'VAULT', sk: 'DATA_KEY#' }),
  quarantine: (key: CalendarKey): Key => ({ pk: `CALENDAR#${key}`, sk: 'QUARANTINE#' }),
  seen: (key: CalendarKey, startedAt: Instant): Key => ({ pk: `CALENDAR#${key}`, sk: `SEEN#${startedAt}#` }),
  pointers: (user: UserId): Key => ({ pk: `USER#${user}`, sk: 'CALENDAR#' }),
  channels: (user: UserId, key: CalendarKey): Key => ({ pk: `USER#${user}`, sk: `CHANNEL#${key}#` }),
  appointments: (user: UserId): Key => ({ pk: `USER#${user}`, sk: 'APPOINTMENT#' }),
  conflicts: (user: UserId): Key => ({ pk: `USER#${user}`, sk: 'CONFLICT#' }),
} as const;

/** Where a sync event stands in its user's log: by time, then by appointment. */
export const logPosition = (at: Instant, id: AppointmentId, version: number): string => `${at}#${id}#${version}`;

/** The sync event at this position; with an empty one, how the sort keys of all of them begin. */
export const logKey = (user: UserId, position: string): Key => ({ pk: `LOG#${user}`, sk: `SYNC_EVENT#${position}` });

/**
 * Appointments of more than a week are few; apart from the others they need no search far into the past. Cancelled ones
 * are apart, so that they cost nothing to those who do not ask for them.
 */
export type AgendaSpan = 'DAYS' | 'LONG' | 'CANCELLED';

export const indexKeys = {
  agenda: (user: UserId, span: AgendaSpan, startsAt: Instant, id: AppointmentId) => ({
    agendaPartition: agendaPartition(user, span),
    agendaStart: agendaPosition(startsAt, id),
  }),
  due: (shard: number, dueAt: Instant) => ({ duePartition: duePartition(shard), dueAt }),
  sealed: (dataKey: string, user: UserId) => ({ duePartition: sealedPartition(dataKey), dueAt: user }),
  pending: (target: CalendarKey, notBefore: Instant, id: AppointmentId) => ({
    pendingPartition: pendingPartition(target),
    pendingNotBefore: `${notBefore}#${id}`,
  }),
} as const;

export const pendingPartition = (target: CalendarKey): string => `CALENDAR#${target}`;

export const sealedPartition = (dataKey: string): string => `SEALED#${dataKey}`;

/** Where an appointment stands in the agenda: by start, then by id. */
export const agendaPosition = (startsAt: Instant, id: AppointmentId): string => `${startsAt}#${id}`;

export const agendaPartition = (user: UserId, span: AgendaSpan): string => `USER#${user}#${span}`;

/** Due work is spread over this many partitions of the index. */
export const dueShards = 8;
export const duePartition = (shard: number): string => `DUE#${shard}`;
/** The first character of a calendar key is six random bits. */
export const dueShardOf = (key: CalendarKey): number => key.charCodeAt(0) % dueShards;

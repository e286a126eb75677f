/** Everything the stand-in remembers, as plain JSON: accounts, calendars with their events, grants, channels. */
import type { EventTime } from './time.ts';

/** An Event resource as kept: the fields this server computes with, and whatever else the client sent. */
export type EventBody = {
  id: string;
  etag: string;
  status: 'confirmed' | 'tentative' | 'cancelled';
  created: string;
  updated: string;
  start: EventTime;
  end: EventTime;
  recurrence?: string[];
  recurringEventId?: string;
  originalStartTime?: EventTime;
  eventType: string;
  iCalUID: string;
  sequence: number;
  organizer: { email: string; self?: boolean };
  [field: string]: unknown;
};

/** `seq` is its place in the calendar's change log, `born` its place in the stable order of listings. */
export type StoredEvent = { seq: number; born: number; body: EventBody };

export type AccessRole = 'freeBusyReader' | 'reader' | 'writer' | 'owner';

export type Calendar = {
  id: string;
  summary: string;
  timeZone: string;
  watchable: boolean;
  /** Tokens of an earlier generation are expired. */
  generation: number;
  /** When tokens last expired; `updatedMin` cannot reach behind it. */
  expiredAt: number;
  updatedAt: number;
  events: Record<string, StoredEvent>;
  /** What left the expanded view with its series: tombstones that only `singleEvents=true` shows. */
  vanished: Record<string, StoredEvent>;
};

export type ListEntry = { calendarId: string; accessRole: AccessRole; primary: boolean; seq: number; deleted: boolean };

export type Account = {
  email: string;
  listGeneration: number;
  list: Record<string, ListEntry>;
  consent: { refuse: boolean; untick: string[] };
};

export type Client = { clientId: string; clientSecret: string; redirectUris: string[] };
export type Grant = { clientId: string; email: string; scopes: string[] };
export type Code = Grant & { redirectUri: string; expiresAt: number; challenge?: string; refresh: boolean };

export type Channel = {
  id: string;
  clientId: string;
  email: string;
  calendarId: string;
  resourceId: string;
  resourceUri: string;
  address: string;
  token?: string;
  expiration: number;
  messageNumber: number;
  stopped: boolean;
};

export type State = {
  /** Counts every change; the source of etags, ids, change log and token positions. */
  seq: number;
  clients: Record<string, Client>;
  accounts: Record<string, Account>;
  calendars: Record<string, Calendar>;
  codes: Record<string, Code>;
  accessTokens: Record<string, Grant & { expiresAt: number }>;
  refreshTokens: Record<string, Grant>;
  /** Also the stopped and expired ones: a channel id is never free again. */
  channels: Record<string, Channel>;
};

export function emptyState(): State {
  return {
    seq: 0,
    clients: {},
    accounts: {},
    calendars: {},
    codes: {},
    accessTokens: {},
    refreshTokens: {},
    channels: {},
  };
}

/** What every part of the stand-in shares: its memory, clock, settings, request log, ordered faults, and push. */
import type { Fault } from './faults.ts';
import type { Push } from './push.ts';
import type { Calendar, EventBody, State } from './state.ts';

/** What Google does not publish, or does sometimes. */
export type Settings = {
  allowHttpWebhooks: boolean;
  /** The `sync` message reaches the receiver before `watch` is answered: https://developers.google.com/workspace/calendar/api/guides/push */
  syncBeforeResponse: boolean;
  /** Waits before each further attempt after 500, 502, 503 or 504. */
  pushRetryDelaysMs: number[];
  maxChannelSeconds: number;
  accessTokenSeconds: number;
  /** A refresh reply carries a new refresh token and the old one dies. */
  rotateRefreshTokens: boolean;
  /** How far ahead instances of a deleted series get tombstones; six months were seen (ruby-client#860). */
  tombstoneDays: number;
};

export const defaultSettings: Settings = {
  allowHttpWebhooks: false,
  syncBeforeResponse: false,
  pushRetryDelaysMs: [500, 1000, 2000, 4000, 8000],
  maxChannelSeconds: 30 * 24 * 3600,
  accessTokenSeconds: 3600,
  rotateRefreshTokens: false,
  tombstoneDays: 100 * 365,
};

/** Calls, and deliveries, remembered. */
export const maxLogEntries = 20_000;

export type LogEntry = {
  at: number;
  method: string;
  path: string;
  query: Record<string, string | string[]>;
  /** Discovery id, for calls of the Calendar API. */
  operation?: string;
  account?: string;
  /** As sent; 0 when the connection was dropped. */
  status?: number;
};

export type World = {
  state: State;
  settings: Settings;
  now: () => number;
  log: LogEntry[];
  faults: Fault[];
  push: Push;
  /** Calendars changed by the operation under way; their channels hear of it when it ends. */
  touched: Set<string>;
};

export function nextSeq(world: World): number {
  world.state.seq += 1;
  return world.state.seq;
}

/** Looks like the real ones (`"2872450147374000"`), and never repeats. */
export const etagOf = (seq: number): string => `"${2_872_450_000_000_000 + seq * 2000}"`;

/** Records a version of an event in the change log. */
export function record(world: World, calendar: Calendar, body: EventBody, born?: number): EventBody {
  const seq = nextSeq(world);
  const stored = { seq, born: born ?? calendar.events[body.id]?.born ?? seq, body: { ...body, etag: etagOf(seq) } };
  calendar.events[body.id] = stored;
  calendar.updatedAt = world.now();
  world.touched.add(calendar.id);
  return stored.body;
}

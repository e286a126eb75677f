/** A sync has failed: says so on the calendar or the connection, and whether the hint is worth another try. */
import { type ChannelDeps, reconcileChannel } from '../channels/reconcile-channel.ts';
import { whyEnded } from '../connections/grant-end.ts';
import type { Calendar } from '../domain/calendar.ts';
import type { GrantedConnection } from '../domain/connection.ts';
import { GrantRevoked } from '../domain/errors.ts';
import type { Instant } from '../domain/instant.ts';
import { interrupted, remedyFor, troubleAfter } from '../google/trouble.ts';
import type { CalendarStore, ConnectionStore } from '../ports.ts';
import { type Arrival, admit } from './admit.ts';

export type TroubleDeps = { calendars: CalendarStore; connections: ConnectionStore; channels: ChannelDeps };

/** What was being synced, as it was read, and since when. */
export type Attempt = { calendar: Calendar; connection: GrantedConnection; now: Instant };

/** Only `failed` is to be tried again: `failures` says how often in a row it has come to that. */
export type Met =
  | { kind: 'acknowledged'; because: 'needs_reauth' }
  | { kind: 'refused'; because: 'calendar_gone' | 'left_to_sweep'; error: unknown }
  | { kind: 'failed'; error: unknown; failures: number };

/** Throws the error itself when someone newer is at work. */
export const meetTrouble = async (deps: TroubleDeps, attempt: Attempt, error: unknown): Promise<Met> => {
  const { calendar, connection, now } = attempt;
  const trouble = troubleAfter(calendar, error, now);
  switch (remedyFor(error)) {
    case 'consent':
      await deps.connections.markNeedsReauth(connection, {
        at: now,
        because: whyEnded(connection, saidOf(error), now),
      });
      return { kind: 'acknowledged', because: 'needs_reauth' };
    case 'switch-off':
      await switchOff(deps, attempt);
      return { kind: 'refused', because: 'calendar_gone', error };
    case 'leave-to-sweep':
      await deps.calendars.noteTrouble(calendar, trouble);
      return { kind: 'refused', because: 'left_to_sweep', error };
    case 'retry':
      await deps.calendars.noteTrouble(calendar, trouble).catch(() => undefined); // It must not hide the error that counts.
      return { kind: 'failed', error, failures: trouble.failures };
    case 'yield':
      throw error;
  }
};

const saidOf = (error: unknown): string | undefined => (error instanceof GrantRevoked ? error.reason : undefined);

/** The channels first: once the calendar is off, nobody looks after them [R7]. */
const switchOff = async ({ calendars, channels }: TroubleDeps, { calendar, now }: Attempt): Promise<void> => {
  const latest = (await calendars.load(calendar.key)) ?? calendar; // This very run may have filled the slot.
  await reconcileChannel(channels, { ...latest, realTimeSync: false }, now);
  await calendars.switchOff(calendar, 'calendar_gone');
};

/**
 * For a hint that has come back often, before it is tried again: a worker that crashes or runs out of time leaves no trace.
 * Notes that on a calendar that has no other trouble; a complete sync clears it.
 */
export const noteInterruptions = async (calendars: CalendarStore, arrival: Arrival): Promise<void> => {
  const calendar = await calendars.load(arrival.hint.calendarKey);
  if (calendar === undefined || calendar.trouble !== undefined || admit(calendar, arrival).kind !== 'sync') return;
  await calendars.noteTrouble(calendar, interrupted(arrival.now));
};

/** How far a listing has come, over all of its runs: what the checkpoint remembers, what to ask next, and what to store. */
import type { Calendar, Checkpoint, ListingStep } from '../domain/calendar.ts';
import type { ChainId } from '../domain/ids.ts';
import { type Instant, plusMs } from '../domain/instant.ts';
import type { Settings } from '../domain/settings.ts';
import type { EventsPage, EventsRequest } from '../google/calendar-api.ts';
import { queryVersion } from '../google/query.ts';
import type { ListingCommit } from '../ports.ts';
import { nextGenerationAt } from '../schedule/generation-plan.ts';
import { windowAt } from '../schedule/window.ts';
import { addTallies, type Tally } from './tally.ts';

/** One run of the job: why and when it started, and how much time is left to it. */
export type Run = {
  chainId: ChainId;
  startedAt: Instant;
  notifiedAt?: Instant;
  settings: Settings;
  ownerMark: string;
  remainingMs(): number;
};

/** Without a cursor: a generation, which lists the whole window. */
export const startListing = (startedAt: Instant, cursor?: string): Checkpoint => ({
  startedAt,
  window: windowAt(startedAt),
  page: 0,
  step: { kind: 'list' },
  ...(cursor !== undefined && { cursor }),
});

/**
 * All is to be listed anew. What this listing has cancelled so far counts on [R9], and so does the notification that it answers
 * [R12]. It begins a moment after this run, or what the run has seen before would be taken for seen in it [R8].
 */
export const listedAnew = ({ harmed, notified }: Checkpoint, runStartedAt: Instant): Checkpoint => ({
  ...startListing(plusMs(runStartedAt, 1)),
  ...(harmed !== undefined && { harmed }),
  ...(notified !== undefined && { notified }),
});

export const toRequest = (calendar: Calendar, { window, cursor }: Checkpoint, pageToken?: string): EventsRequest => ({
  calendarId: calendar.calendarId,
  window,
  ...(cursor !== undefined && { cursor }),
  ...(pageToken !== undefined && { pageToken }),
});

/**
 * A generation is compared with what we have. Of the first one that is what an earlier try had stored before it was cut short,
 * or an earlier connect generation.
 */
export const isCompared = ({ cursor }: Checkpoint): boolean => cursor === undefined;

export const nextStep = ({ next, timeZone }: EventsPage, compares: boolean): ListingStep => {
  if (next.kind === 'more') return { kind: 'list', pageToken: next.pageToken };
  return compares ? { kind: 'compare', cursor: next.cursor, timeZone } : { kind: 'done', cursor: next.cursor };
};

export const toCommit = (listing: Checkpoint, cursor: string, run: Run, random: number): ListingCommit => ({
  cursor,
  queryVersion,
  coveredBefore: listing.startedAt,
  lastSyncAt: run.startedAt,
  ...(listing.cursor === undefined && { nextGenerationAt: nextGenerationAt(listing.startedAt, random) }),
  ...notified(listing, run),
});

/** A listing may take many runs: what came of a notification is summed up over all of them. */
export const withNotification = (listing: Checkpoint, { notifiedAt, chainId }: Run): Checkpoint =>
  notifiedAt === undefined
    ? listing
    : { ...listing, notified: { changes: {}, ...listing.notified, at: notifiedAt, chainId } };

export const counted = (listing: Checkpoint, stored: { tally: Tally; harmed: number }): Checkpoint => {
  const { notified } = listing;
  const harmed = { ...listing, harmed: stored.harmed };
  return notified === undefined
    ? harmed
    : { ...harmed, notified: { ...notified, changes: addTallies(notified.changes, stored.tally) } };
};

/** The notification log is projected from this. */
const notified = ({ notified }: Checkpoint, { startedAt }: Run): Partial<ListingCommit> => {
  if (notified === undefined) return {};
  const { at, ...run } = notified;
  return { lastNotificationAt: at, lastAnsweredAt: startedAt, lastNotifiedRun: run };
};

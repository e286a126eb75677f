/** Google → appointments: list what has changed, page by page; store all of it; save the cursor last [R5]. */
import type { Calendar, Checkpoint } from '../domain/calendar.ts';
import { RetryLater } from '../domain/errors.ts';
import type { ChainId } from '../domain/ids.ts';
import { type Instant, second } from '../domain/instant.ts';
import type { EventsPage, EventsRequest } from '../google/calendar-client.ts';
import { type ApplyDeps, addTallies, applyChanges, type Tally } from './apply.ts';
import type { CalendarStore, ListingCommit } from './ports.ts';
import { windowAt } from './window.ts';

export type PullDeps = ApplyDeps & {
  calendars: CalendarStore;
  listEvents(request: EventsRequest): Promise<EventsPage | { kind: 'expired' }>;
};

/** One run of the job: why and when it started, and how much time is left to it. */
export type Run = { chainId: ChainId; startedAt: Instant; notifiedAt?: Instant; remainingMs(): number };

export type PullSummary = {
  /** The start of the listing when it is complete: what changed before then has been seen. */
  coveredBefore?: Instant;
  generation: boolean;
  pages: number;
  tally: Tally;
};

/** What is being listed, and from which page on. */
type Listing = Omit<Checkpoint, 'pageToken'> & { pageToken?: string };

/** Time to list a page and to store its 2,500 events; a run stops before it could be cut off. */
export const pageReserveMs = 30 * second;
const maxPagesPerRun = 1_000;

export const pull = async (deps: PullDeps, calendar: Calendar, run: Run): Promise<PullSummary> => {
  let listing: Listing = calendar.checkpoint ?? startListing(run.startedAt, calendar.cursor);
  let tally: Tally = {};
  let restarted = false;

  for (let pages = 1; pages <= maxPagesPerRun; pages++) {
    const page = await deps.listEvents(toRequest(calendar, listing));
    if (page.kind === 'expired') {
      if (restarted) throw new RetryLater('Google refused the cursor of a listing that had just begun');
      listing = startListing(run.startedAt);
      restarted = true;
      continue;
    }
    const place = {
      calendar,
      context: { timeZone: page.timeZone, window: listing.window },
      stamp: { now: run.startedAt, chainId: run.chainId },
    };
    tally = addTallies(tally, await applyChanges(deps, place, page.changes));

    const summary = { generation: listing.cursor === undefined, pages, tally };
    if (page.next.kind === 'end') {
      await deps.calendars.commitListing(calendar, toCommit(listing, page.next.cursor, run));
      return { coveredBefore: listing.startedAt, ...summary };
    }
    const checkpoint = { ...listing, pageToken: page.next.pageToken };
    await deps.calendars.saveCheckpoint(calendar, checkpoint);
    if (run.remainingMs() < pageReserveMs) return summary;
    listing = checkpoint;
  }
  throw new RetryLater(`A listing of more than ${maxPagesPerRun} pages`);
};

/** Without a cursor: a generation, which lists the whole window. */
const startListing = (startedAt: Instant, cursor?: string): Listing => ({
  startedAt,
  window: windowAt(startedAt),
  ...(cursor !== undefined && { cursor }),
});

const toRequest = (calendar: Calendar, { window, cursor, pageToken }: Listing): EventsRequest => ({
  calendarId: calendar.calendarId,
  window,
  ...(cursor !== undefined && { cursor }),
  ...(pageToken !== undefined && { pageToken }),
});

const toCommit = (listing: Listing, cursor: string, run: Run): ListingCommit => ({
  cursor,
  coveredBefore: listing.startedAt,
  lastSyncAt: run.startedAt,
  ...(run.notifiedAt !== undefined && { lastNotificationAt: run.notifiedAt }),
});

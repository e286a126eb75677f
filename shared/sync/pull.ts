/** Google → appointments: list what has changed, page by page; store all of it; save the cursor last [R5]. */
import type { Calendar, Checkpoint, ListingStep } from '../domain/calendar.ts';
import { RetryLater } from '../domain/errors.ts';
import type { ChainId } from '../domain/ids.ts';
import { type Instant, second } from '../domain/instant.ts';
import type { EventsPage, EventsRequest } from '../google/calendar-api.ts';
import { queryVersion } from '../google/query.ts';
import { sweepAbsent } from './absence.ts';
import { addTallies, applyChanges, type Place, type Tally } from './apply.ts';
import { cursorOf, nextGenerationAt } from './generation-plan.ts';
import type { CalendarStore, ListingCommit, SeenStore } from './ports.ts';
import { fingerprintsOf } from './seen.ts';
import { relistSeries, type SeriesDeps } from './series.ts';
import { windowAt } from './window.ts';

export type PullDeps = SeriesDeps & {
  calendars: CalendarStore;
  seen: SeenStore;
  listEvents(request: EventsRequest): Promise<EventsPage | { kind: 'expired' }>;
  /** In [0, 1). */
  random(): number;
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

/** Time to list a page and to store its 2,500 events; a run stops before it could be cut off. */
export const pageReserveMs = 30 * second;
const maxPagesPerRun = 1_000;

/** How far a listing has come within this run. */
type Progress = { listing: Checkpoint; pages: number; tally: Tally };

export const pull = async (deps: PullDeps, calendar: Calendar, run: Run): Promise<PullSummary> => {
  const start = calendar.checkpoint ?? startListing(run.startedAt, cursorOf(calendar, run.startedAt));
  const listed = await listPages(deps, { calendar, run }, { listing: start, pages: 0, tally: {} });
  const done = await compare(deps, { calendar, run }, listed);
  const { listing, pages, tally } = done;
  const summary = { generation: listing.cursor === undefined, pages, tally };
  if (listing.step.kind !== 'done') return summary;
  const commit = toCommit(deps, listing, listing.step.cursor, run);
  await deps.calendars.commitListing(calendar, { ...commit, ...notified(run, tally) });
  return { coveredBefore: listing.startedAt, ...summary };
};

type Work = { calendar: Calendar; run: Run };

/** Until the last page or the end of our time. Every page is stored before the next is asked for. */
const listPages = async (deps: PullDeps, { calendar, run }: Work, begun: Progress): Promise<Progress> => {
  let { listing, pages, tally } = begun;
  let restarted = false;
  while (listing.step.kind === 'list') {
    if (pages >= maxPagesPerRun) throw new RetryLater(`A listing of more than ${maxPagesPerRun} pages`);
    const page = await deps.listEvents(toRequest(calendar, listing, listing.step.pageToken));
    pages += 1;
    if (page.kind === 'expired') {
      if (restarted) throw new RetryLater('Google refused the cursor of a listing that had just begun');
      listing = startListing(run.startedAt);
      restarted = true;
      continue;
    }
    tally = addTallies(tally, await storePage(deps, { calendar, run }, { listing, page }));
    const compares = isCompared(calendar, listing);
    listing = { ...listing, page: listing.page + 1, step: nextStep(page, compares) };
    if (listing.step.kind === 'done') break;
    if (compares) await deps.seen.add(calendar.key, listing, fingerprintsOf(page.changes));
    await deps.calendars.saveCheckpoint(calendar, listing);
    if (run.remainingMs() < pageReserveMs) break;
  }
  return { listing, pages, tally };
};

const storePage = async (deps: PullDeps, work: Work, { listing, page }: { listing: Checkpoint; page: EventsPage }) => {
  const place = placeOf(work, listing, page.timeZone);
  const { tally, doubtful } = await applyChanges(deps, place, page.changes);
  return addTallies(tally, await relistSeries(deps, place, doubtful));
};

/** A generation is compared with what we have; the first one of a calendar has nothing to be compared with. */
const isCompared = (calendar: Calendar, listing: Checkpoint): boolean =>
  listing.cursor === undefined && calendar.cursor !== undefined;

const nextStep = ({ next, timeZone }: EventsPage, compares: boolean): ListingStep => {
  if (next.kind === 'more') return { kind: 'list', pageToken: next.pageToken };
  return compares ? { kind: 'compare', cursor: next.cursor, timeZone } : { kind: 'done', cursor: next.cursor };
};

const compare = async (deps: PullDeps, { calendar, run }: Work, listed: Progress): Promise<Progress> => {
  const { listing, pages } = listed;
  if (listing.step.kind !== 'compare') return listed;
  const { cursor, timeZone, after } = listing.step;
  const seen = await deps.seen.load(calendar.key, listing);
  const swept = await sweepAbsent(
    deps,
    placeOf({ calendar, run }, listing, timeZone),
    { startedAt: listing.startedAt, seen, ...(after !== undefined && { after }) },
    () => run.remainingMs() >= pageReserveMs,
  );
  const tally = addTallies(listed.tally, swept.tally);
  if (swept.after === undefined) return { listing: { ...listing, step: { kind: 'done', cursor } }, pages, tally };
  const paused: Checkpoint = { ...listing, step: { kind: 'compare', cursor, timeZone, after: swept.after } };
  await deps.calendars.saveCheckpoint(calendar, paused);
  return { listing: paused, pages, tally };
};

/** Without a cursor: a generation, which lists the whole window. */
const startListing = (startedAt: Instant, cursor?: string): Checkpoint => ({
  startedAt,
  window: windowAt(startedAt),
  page: 0,
  step: { kind: 'list' },
  ...(cursor !== undefined && { cursor }),
});

const placeOf = ({ calendar, run }: Work, { window }: Checkpoint, timeZone: string): Place => ({
  calendar,
  context: { timeZone, window },
  stamp: { now: run.startedAt, chainId: run.chainId },
});

const toRequest = (calendar: Calendar, { window, cursor }: Checkpoint, pageToken?: string): EventsRequest => ({
  calendarId: calendar.calendarId,
  window,
  ...(cursor !== undefined && { cursor }),
  ...(pageToken !== undefined && { pageToken }),
});

const toCommit = (deps: PullDeps, listing: Checkpoint, cursor: string, run: Run): ListingCommit => ({
  cursor,
  queryVersion,
  coveredBefore: listing.startedAt,
  lastSyncAt: run.startedAt,
  ...(listing.cursor === undefined && { nextGenerationAt: nextGenerationAt(listing.startedAt, deps.random()) }),
});

/** The notification log is projected from this. */
const notified = ({ notifiedAt, chainId }: Run, changes: Tally): Partial<ListingCommit> =>
  notifiedAt === undefined ? {} : { lastNotificationAt: notifiedAt, lastNotifiedRun: { chainId, changes } };

/** Google → appointments: list what has changed, page by page; store all of it; save the cursor last [R5]. */
import type { Calendar, Checkpoint } from '../domain/calendar.ts';
import { RetryLater, Superseded } from '../domain/errors.ts';
import { type Instant, second } from '../domain/instant.ts';
import { unsharedIn } from '../domain/settings.ts';
import type { EventsPage, EventsRequest } from '../google/calendar-api.ts';
import type { CalendarStore, SeenStore } from '../sync/ports.ts';
import { type AbsenceDeps, confirm, sweepAbsent } from './absence.ts';
import { applyChanges } from './apply.ts';
import { oldestOf } from './changed-at.ts';
import { fenceOf } from './fence.ts';
import { cursorOf } from './generation-plan.ts';
import {
  counted,
  isCompared,
  listedAnew,
  nextStep,
  type Run,
  startListing,
  toCommit,
  toRequest,
  withNotification,
} from './listing.ts';
import type { Place } from './place.ts';
import { fingerprintsOf } from './seen.ts';
import { relistSeries, type SeriesDeps } from './series.ts';
import { addTallies, type Tally } from './tally.ts';

export type PullDeps = SeriesDeps &
  AbsenceDeps & {
    calendars: CalendarStore;
    seen: SeenStore;
    listEvents(request: EventsRequest): Promise<EventsPage | { kind: 'expired' }>;
    /** In [0, 1). */
    random(): number;
  };

export type PullSummary = {
  /** The start of the listing when it is complete: what changed before then has been seen. */
  coveredBefore?: Instant;
  generation: boolean;
  pages: number;
  tally: Tally;
  /** When Google saw what this run has applied; the oldest hundred. */
  changedAt: Instant[];
};

/** Time to list a page and to store its 2,500 events; a run stops before it could be cut off. */
export const pageReserveMs = 30 * second;
/** Two and a half million events: no calendar has them, so pages beyond that have no end [R11]. */
const maxPagesPerListing = 1_000;

/** How far a listing has come within this run; `saved`: what of that the calendar knows. */
type Progress = {
  listing: Checkpoint;
  saved: Checkpoint | undefined;
  pages: number;
  tally: Tally;
  changedAt: Instant[];
  /** Asks Google about what the last page has made here. */
  lookAgain(): Promise<unknown>;
};

export const pull = async (deps: PullDeps, calendar: Calendar, run: Run): Promise<PullSummary> => {
  const start = withNotification(
    calendar.checkpoint ?? startListing(run.startedAt, cursorOf(calendar, run.startedAt)),
    run,
  );
  const listed = await listPages(
    deps,
    { calendar, run },
    { listing: start, saved: calendar.checkpoint, pages: 0, tally: {}, changedAt: [], lookAgain: async () => {} },
  );
  const done = await compare(deps, { calendar, run }, listed);
  const { listing, saved, pages, tally, changedAt } = done;
  const summary = { generation: listing.cursor === undefined, pages, tally, changedAt };
  if (listing.step.kind !== 'done') return summary;
  const commit = toCommit(listing, listing.step.cursor, run, deps.random());
  await orLookAgain(done, deps.calendars.commitListing(cameTo(calendar, saved), commit));
  return { coveredBefore: listing.startedAt, ...summary };
};

type Work = { calendar: Calendar; run: Run };

/** Until the last page or the end of our time. Every page is stored before the next is asked for. */
const listPages = async (deps: PullDeps, { calendar, run }: Work, begun: Progress): Promise<Progress> => {
  let { listing, saved, pages, tally, changedAt, lookAgain } = begun;
  let restarted = false;
  while (listing.step.kind === 'list') {
    const page = await deps.listEvents(toRequest(calendar, listing, listing.step.pageToken));
    pages += 1;
    if (page.kind === 'expired') {
      if (restarted) throw new RetryLater('Google refused the cursor of a listing that had just begun');
      listing = withNotification(listedAnew(listing, run.startedAt), run);
      restarted = true;
      continue;
    }
    const stored = await storePage(deps, { calendar, run }, { listing, saved, page });
    tally = addTallies(tally, stored.tally);
    changedAt = oldestOf([...changedAt, ...stored.changedAt]);
    lookAgain = stored.lookAgain;
    const compares = isCompared(listing);
    listing = { ...counted(listing, stored), page: listing.page + 1, step: nextStep(page, compares) };
    if (listing.step.kind === 'done') break;
    if (listing.page >= maxPagesPerListing) await startAgain(deps, { calendar: cameTo(calendar, saved), run });
    if (compares) await deps.seen.add(calendar.key, listing, fingerprintsOf(page.changes));
    await orLookAgain(stored, deps.calendars.saveCheckpoint(cameTo(calendar, saved), listing));
    saved = listing;
    if (run.remainingMs() < pageReserveMs) break;
  }
  return { listing, saved, pages, tally, changedAt, lookAgain };
};

/**
 * Who has outrun this run may have been told of a deletion before the appointment was made here, and had nothing to cancel:
 * so of what it made too late, Google is asked anew [R2][R13].
 */
const orLookAgain = async ({ lookAgain }: Pick<Progress, 'lookAgain'>, noting: Promise<void>): Promise<void> => {
  try {
    await noting;
  } catch (error) {
    if (error instanceof Superseded) await lookAgain();
    throw error;
  }
};

/** As this run has left it so far. */
const cameTo = ({ checkpoint: _, ...calendar }: Calendar, saved: Checkpoint | undefined): Calendar => ({
  ...calendar,
  ...(saved && { checkpoint: saved }),
});

/** Nothing is lost: what has been stored is stored, and the next try lists everything. */
const startAgain = async (deps: PullDeps, { calendar, run }: Work): Promise<never> => {
  await deps.calendars.saveCheckpoint(calendar, startListing(run.startedAt));
  throw new RetryLater(`A listing of more than ${maxPagesPerListing} pages`);
};

type Listed = Pick<Progress, 'listing' | 'saved'>;

const storePage = async (deps: PullDeps, work: Work, { page, ...listed }: Listed & { page: EventsPage }) => {
  const place = placeOf(deps, work, listed, page.timeZone);
  const { tally, changedAt, made, doubtful } = await applyChanges(deps, place, page.changes);
  const sum = addTallies(tally, await relistSeries(deps, place, doubtful));
  const lookAgain = () => confirm(deps, { ...place, fence: async () => {} }, made);
  return { tally: sum, changedAt, lookAgain, harmed: place.listing.harmed };
};

const compare = async (deps: PullDeps, { calendar, run }: Work, listed: Progress): Promise<Progress> => {
  const { listing } = listed;
  if (listing.step.kind !== 'compare' || run.remainingMs() < pageReserveMs) return listed;
  const { cursor, timeZone, compared } = listing.step;
  const seen = await deps.seen.load(calendar.key, listing);
  const place = placeOf(deps, { calendar, run }, listed, timeZone);
  const swept = await sweepAbsent(
    deps,
    place,
    { seen, ...(compared !== undefined && { after: compared }) },
    () => run.remainingMs() >= pageReserveMs,
  );
  const tally = addTallies(listed.tally, swept.tally);
  if (swept.after === undefined) return { ...listed, listing: { ...listing, step: { kind: 'done', cursor } }, tally };
  const { harmed } = place.listing;
  const paused: Checkpoint = { ...listing, harmed, step: { kind: 'compare', cursor, timeZone, compared: swept.after } };
  await deps.calendars.saveCheckpoint(cameTo(calendar, listed.saved), paused);
  return { ...listed, listing: paused, saved: paused, tally };
};

const placeOf = (deps: PullDeps, { calendar, run }: Work, { listing, saved }: Listed, timeZone: string): Place => ({
  calendar,
  context: {
    timeZone,
    window: listing.window,
    now: run.startedAt,
    ownerMark: run.ownerMark,
    settings: run.settings,
  },
  stamp: { now: run.startedAt, chainId: run.chainId, unshared: unsharedIn(run.settings) },
  fence: fenceOf(deps.calendars, calendar, saved),
  listing: { harmed: listing.harmed ?? 0 },
});

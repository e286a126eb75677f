/** Google → appointments: list what has changed, page by page; store all of it; save the cursor last [R5]. */
import type { Appointment } from '../domain/appointment.ts';
import type { Calendar, Checkpoint } from '../domain/calendar.ts';
import { RetryLater, Superseded } from '../domain/errors.ts';
import { type Instant, second } from '../domain/instant.ts';
import { eventFingerprintsOf } from '../domain/seen.ts';
import { unsharedIn } from '../domain/settings.ts';
import type { EventsPage, EventsRequest } from '../google/calendar-api.ts';
import type { CalendarStore, SeenStore } from '../ports.ts';
import { cursorOf } from '../schedule/generation-plan.ts';
import { type AbsenceDeps, confirm, sweepAbsent } from './absence.ts';
import { applyChanges } from './apply.ts';
import { oldestOf } from './changed-at.ts';
import { fenceOf } from './fence.ts';
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
};

type Work = { calendar: Calendar; run: Run; made: Appointment[] };

export const pull = async (deps: PullDeps, calendar: Calendar, run: Run): Promise<PullSummary> => {
  const work: Work = { calendar, run, made: [] };
  try {
    return await listAndCompare(deps, work);
  } catch (error) {
    if (error instanceof Superseded) await lookAgain(deps, work);
    throw error;
  }
};

/**
 * The run that has overtaken this one may have been told of a deletion before the appointment was made here, and found
 * nothing to cancel. So Google is asked again about whatever this run made too late [R2][R13].
 */
const lookAgain = async (deps: PullDeps, work: Work): Promise<void> => {
  const listing = startListing(work.run.startedAt);
  const place = placeOf(deps, work, { listing, saved: undefined }, work.calendar.timeZone);
  await confirm(deps, { ...place, fence: async () => {} }, [...work.made]);
};

const listAndCompare = async (deps: PullDeps, work: Work): Promise<PullSummary> => {
  const { calendar, run } = work;
  const begun = calendar.checkpoint ?? startListing(run.startedAt, cursorOf(calendar, run.startedAt));
  const start = { listing: withNotification(begun, run), saved: calendar.checkpoint };
  const listed = await listPages(deps, work, { ...start, pages: 0, tally: {}, changedAt: [] });
  const { listing, saved, pages, tally, changedAt } = await compare(deps, work, listed);
  const summary = { generation: listing.cursor === undefined, pages, tally, changedAt };
  if (listing.step.kind !== 'done') return summary;
  await deps.calendars.commitListing(
    cameTo(calendar, saved),
    toCommit(listing, listing.step.cursor, run, deps.random()),
  );
  return { coveredBefore: listing.startedAt, ...summary };
};

/** Until the last page or the end of our time. Every page is stored before the next is asked for. */
const listPages = async (deps: PullDeps, work: Work, begun: Progress): Promise<Progress> => {
  const { calendar, run } = work;
  let { listing, saved, pages, tally, changedAt } = begun;
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
    const stored = await storePage(deps, work, { listing, saved, page });
    tally = addTallies(tally, stored.tally);
    changedAt = oldestOf([...changedAt, ...stored.changedAt]);
    const compares = isCompared(listing);
    listing = { ...counted(listing, stored), page: listing.page + 1, step: nextStep(page, compares) };
    if (listing.step.kind === 'done') break;
    if (listing.page >= maxPagesPerListing) await startAgain(deps, work, { listing, saved });
    if (compares) await deps.seen.add(calendar.key, listing, eventFingerprintsOf(page.changes));
    await note(deps, work, { listing, saved });
    saved = listing;
    if (run.remainingMs() < pageReserveMs) break;
  }
  return { listing, saved, pages, tally, changedAt };
};

type Listed = Pick<Progress, 'listing' | 'saved'>;

/** From then on the calendar accounts for what has been made: the next run continues after it. */
const note = async (deps: PullDeps, { calendar, made }: Work, { listing, saved }: Listed): Promise<void> => {
  await deps.calendars.saveCheckpoint(cameTo(calendar, saved), listing);
  made.splice(0);
};

/** As this run has left it so far. */
const cameTo = ({ checkpoint: _, ...calendar }: Calendar, saved: Checkpoint | undefined): Calendar => ({
  ...calendar,
  ...(saved && { checkpoint: saved }),
});

/** Nothing is lost: what has been stored is stored, and the next try lists everything. */
const startAgain = async (deps: PullDeps, work: Work, { listing, saved }: Listed): Promise<never> => {
  await note(deps, work, { listing: listedAnew(listing, work.run.startedAt), saved });
  throw new RetryLater(`A listing of more than ${maxPagesPerListing} pages`);
};

const storePage = async (deps: PullDeps, work: Work, { page, ...listed }: Listed & { page: EventsPage }) => {
  const place = placeOf(deps, work, listed, page.timeZone);
  const { tally, changedAt, doubtful } = await applyChanges(deps, place, page.changes);
  const sum = addTallies(tally, await relistSeries(deps, place, doubtful));
  return { tally: sum, changedAt, harmed: place.listing.harmed };
};

const compare = async (deps: PullDeps, work: Work, listed: Progress): Promise<Progress> => {
  const { calendar, run } = work;
  const { listing } = listed;
  if (listing.step.kind !== 'compare' || run.remainingMs() < pageReserveMs) return listed;
  const { cursor, timeZone, compared } = listing.step;
  const seen = await deps.seen.load(calendar.key, listing);
  const place = placeOf(deps, work, listed, timeZone);
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
  await note(deps, work, { listing: paused, saved: listed.saved });
  return { ...listed, listing: paused, saved: paused, tally };
};

const placeOf = (
  deps: PullDeps,
  { calendar, run, made }: Work,
  { listing, saved }: Listed,
  timeZone: string,
): Place => ({
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
  made,
});

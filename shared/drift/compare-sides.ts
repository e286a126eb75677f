/** Lists a calendar anew and counts where its appointments say something else. Writes nothing, here or in Google. */
import pMap from 'p-map';
import { pagesOf } from '../appointments/agenda-pages.ts';
import type { Context } from '../decision/sides.ts';
import type { Appointment } from '../domain/appointment.ts';
import type { Calendar } from '../domain/calendar.ts';
import type { EventChange } from '../domain/calendar-event.ts';
import type { EventId } from '../domain/ids.ts';
import type { Instant } from '../domain/instant.ts';
import { eventFingerprintOf, eventFingerprintsOf, type Fingerprint } from '../domain/seen.ts';
import type { Settings } from '../domain/settings.ts';
import type { EventsPage, EventsRequest } from '../google/calendar-api.ts';
import type { AgendaReader, Quarantine } from '../ports.ts';
import { follow, type GatherDeps, gather } from '../pull/gather.ts';
import { pageReserveMs } from '../pull/pull.ts';
import { type Compared, comparedWindow } from '../schedule/comparison-plan.ts';
import { comparisonOf, isExplained } from './standing.ts';

export type CompareDeps = GatherDeps & {
  appointments: AgendaReader;
  quarantine: Pick<Quarantine, 'list'>;
  listEvents(request: EventsRequest): Promise<EventsPage | { kind: 'expired' }>;
};

export type ComparisonRun = { now: Instant; settings: Settings; ownerMark: string; remainingMs(): number };

const pagesAtMost = 40;
const appointmentsPerRead = 200;
const readsAtMost = 200;
const askedAtMost = 100;
const asksAtOnce = 8;

/** Where the sides are compared, and which differences are already known. */
type Place = { calendar: Calendar; context: Context; parked: ReadonlySet<EventId> };

export const compareSides = async (deps: CompareDeps, calendar: Calendar, run: ComparisonRun): Promise<Compared> => {
  const { now, settings, ownerMark } = run;
  const context = { timeZone: calendar.timeZone, window: comparedWindow(now), now, ownerMark, settings };
  const place = { calendar, context, parked: await deps.quarantine.list(calendar.key) };

  const { seen, listed } = await compareListed(deps, place, run);
  if (listed.partial) return listed; // Nothing can be said of what was not listed.

  return sum(listed, await compareAbsent(deps, place, run, seen));
};

const compareListed = async (deps: CompareDeps, { calendar, context, parked }: Place, run: ComparisonRun) => {
  const seen = new Set<Fingerprint>();
  let listed: Compared = { compared: 0, differing: 0 };
  let pageToken: string | undefined;
  for (let nth = 1; nth <= pagesAtMost && run.remainingMs() >= pageReserveMs; nth++) {
    const { calendarId } = calendar;
    const { window } = context;
    const page = await deps.listEvents({ calendarId, window, ...(pageToken !== undefined && { pageToken }) });
    if (page.kind === 'expired') break;
    const place = { calendar, context: { ...context, timeZone: page.timeZone }, parked };
    listed = sum(listed, await judge(deps, place, page.changes));
    for (const fingerprint of eventFingerprintsOf(page.changes)) seen.add(fingerprint);
    if (page.next.kind === 'end') return { seen, listed };
    pageToken = page.next.pageToken;
  }
  return { seen, listed: { ...listed, partial: true as const } };
};

/** Appointments whose event was not listed. Google is asked for each, up to a limit; beyond it they count as differing. */
const compareAbsent = async (
  deps: CompareDeps,
  place: Place,
  run: ComparisonRun,
  seen: ReadonlySet<Fingerprint>,
): Promise<Compared> => {
  const { calendar, context } = place;
  const request = { userId: calendar.userId, ...context.window, limit: appointmentsPerRead, includeCancelled: false };
  const absent: Appointment[] = [];
  for await (const { items } of pagesOf(deps.appointments, request, readsAtMost)) {
    absent.push(...items.filter((appointment) => isAbsent(appointment, place, seen)));
    if (run.remainingMs() < pageReserveMs) return { compared: 0, differing: 0, partial: true };
  }
  const eventIds = absent.slice(0, askedAtMost).flatMap(({ link }) => link?.eventId ?? []);
  const ask = (eventId: EventId) => deps.getEvent(eventId, calendar.calendarId);
  const asked = await judge(deps, place, await pMap(eventIds, ask, { concurrency: asksAtOnce }));
  const unasked = absent.length - eventIds.length;
  return sum(asked, { compared: unasked, differing: unasked });
};

/** One that was written since the listing began may have come behind the page that was read. */
const isAbsent = (appointment: Appointment, { calendar, context }: Place, seen: ReadonlySet<Fingerprint>): boolean => {
  const { link, updatedAt } = appointment;
  if (link?.calendarKey !== calendar.key || link.observed === undefined) return false;
  return updatedAt < context.now && !isExplained(appointment) && !seen.has(eventFingerprintOf(link.eventId));
};

const judge = async (
  deps: CompareDeps,
  { calendar, context, parked }: Place,
  changes: EventChange[],
): Promise<Compared> => {
  const found = await gather(deps, { calendar, ownerMark: context.ownerMark }, changes);
  const standings = (await follow(deps, found)).map((pair) => comparisonOf(pair, context, parked));
  return {
    compared: standings.filter((standing) => standing !== 'none').length,
    differing: standings.filter((standing) => standing === 'differs').length,
  };
};

const sum = (a: Compared, b: Compared): Compared => ({
  compared: a.compared + b.compared,
  differing: a.differing + b.differing,
  ...((a.partial || b.partial) && { partial: true }),
});

/** What a run has shown: checks, each with what speaks against it, and figures. Pure. */

import type { Channel } from '../google/state.ts';
import { gapsIn } from '../support/accounting.ts';
import type { Barber } from './barbers.ts';
import { compare } from './compare.ts';
import { percentilesOf, showCount, showMs, showParts, showPercentiles } from './figures.ts';
import type { GoogleRecord } from './google-record.ts';
import { countListings, type Listings } from './listings.ts';
import type { LogRecord } from './log-record.ts';
import type { Notified } from './notify.ts';
import type { Made, People } from './people.ts';
import type { Settled } from './settle.ts';
import type { BarberSides } from './sides.ts';
import type { Size } from './size.ts';
import type { Storms } from './storms.ts';

export type Evidence = {
  size: Size;
  barbers: Barber[];
  people: People;
  sides: BarberSides[];
  record: GoogleRecord;
  notified: Notified;
  logs: LogRecord;
  storms: Storms;
  settled: Settled;
  /** What Google was asked when all was synced once more. */
  quiet: GoogleRecord;
  channels: Channel[];
  took: { loadMs: number; settledMs: number };
  rssMb: number;
  heapMb: number;
  /** Of this process: all but the DynamoDB engine. */
  cpuMs: number;
  /** The machine's load average: what else was running counts in it. */
  busyness: number;
};

/** `against`: empty when it holds. */
export type Check = { name: string; against: string[] };
export type Outcome = { checks: Check[]; figures: [name: string, value: string][] };

export const outcomeOf = (evidence: Evidence): Outcome => {
  const listings = listingsOf(evidence);
  return { checks: checksOf(evidence, listings), figures: figuresOf(evidence, listings) };
};

const checksOf = ({ sides, barbers, settled, quiet, channels }: Evidence, listings: Listings): Check[] => {
  const differences = sides.map(compare);
  const gaps = sides.flatMap(({ log, appointments }) => gapsIn({ log, disputed: [] }, appointments));
  const writes = quiet.requests.filter(({ method, path }) => method !== 'GET' && /\/events(\/|$)/.test(path));
  const firing = Map.groupBy(
    channels.filter(({ stopped }) => !stopped),
    ({ calendarId }) => calendarId,
  );
  return [
    { name: 'nothing is lost', against: differences.flatMap(({ lost }) => lost) },
    { name: 'nothing is doubled', against: differences.flatMap(({ doubled }) => doubled) },
    { name: 'nothing is left over', against: differences.flatMap(({ unsettled }) => unsettled) },
    { name: 'every version has its one record in the audit log', against: gaps },
    { name: 'listings are bounded', against: listings.above.map((calendar) => `${calendar} was listed too often`) },
    {
      name: 'one channel fires for each calendar',
      against: barbers
        .map(({ calendar }) => ({ calendar, count: firing.get(calendar)?.length ?? 0 }))
        .filter(({ count }) => count !== 1)
        .map(({ calendar, count }) => `${calendar} has ${count}`),
    },
    { name: 'no dead letter is left', against: count(settled.deadLetters, 'hints were given up') },
    { name: 'the stream gave nothing up', against: count(settled.streamFailures, 'batches were given up') },
    { name: 'a further sync of all writes nothing', against: writes.map(({ method, path }) => `${method} ${path}`) },
  ];
};

const count = (found: number, what: string): string[] => (found === 0 ? [] : [`${found} ${what}`]);

const listingsOf = ({ record, notified, barbers, storms }: Evidence): Listings => {
  const calendarOf = new Map(barbers.map(({ calendar, channel }) => [channel.id, calendar]));
  const byGoogle = record.deliveries.map(({ channelId, at }) => ({ calendar: calendarOf.get(channelId) ?? '', at }));
  const notifications = Map.groupBy([...notified.taken, ...byGoogle], ({ calendar }) => calendar);
  const at = new Map([...notifications].map(([calendar, all]) => [calendar, all.map((one) => one.at)]));
  // A run that dies after its listing is begun again, and a copied hint may list at the same time as the first.
  const again = storms.kills['sync-consumer'] ?? 0;
  const copies = storms.copiesOf;
  return countListings(record.requests, at, (calendar) => again + (copies.get(calendar) ?? 0));
};

const figuresOf = (evidence: Evidence, listings: Listings): Outcome['figures'] => {
  const { size, people, record, notified, logs, storms, settled, took, rssMb, heapMb, cpuMs, busyness } = evidence;
  const pushed = record.deliveries.filter(({ outcome }) => outcome === 204).length;
  const refusedPushes = record.deliveries.length - pushed;
  const accepted = notified.taken.length + pushed;
  const sides = Map.groupBy(people.book, ({ side, gone }): string => (gone ? 'deleted' : side));
  const countOf = (name: string) => sides.get(name)?.length ?? 0;
  const refused = record.requests.filter(
    ({ status = 0 }) => status === 0 || status === 403 || status === 429 || status >= 500,
  );
  const perListing = accepted / Math.max(1, listings.answered);
  return [
    ['calendars', showCount(size.calendars)],
    ['seed', String(size.seed)],
    ['events made in Google, kept', showCount(countOf('google'))],
    ['bookings made here, kept', showCount(countOf('here'))],
    ['made and deleted again', showCount(countOf('deleted'))],
    [
      'notifications taken',
      `${showCount(accepted)}: ${showCount(notified.taken.length)} posted, ${showCount(pushed)} pushed by Google`,
    ],
    ['answered 5xx and sent again', showCount(notified.refused + refusedPushes)],
    ['throughput', `${showCount(accepted / (took.loadMs / 1_000))} notifications/s over ${showMs(took.loadMs)}`],
    ['until all was at rest', showMs(took.settledMs)],
    ['workers killed', showParts(storms.kills)],
    ['hints given out twice on purpose', showCount(storms.copies)],
    ['Google’s storms', showParts(storms.refusals)],
    ['calls that Google refused', `${showCount(refused.length)} of ${showCount(record.requests.length)}`],
    ['hints', showParts(logs.hints)],
    [
      'listings',
      `${showCount(listings.answered)} answered (bound ${showCount(listings.bound)}), ${showCount(listings.refused)} refused`,
    ],
    ['notifications per listing', perListing.toFixed(1)],
    [
      'nearest to its bound',
      `${listings.worst.answered} of ${listings.worst.bound.toFixed(1)} (${listings.worst.calendar})`,
    ],
    ['dead letters, sent again', showCount(settled.redriven)],
    ['API calls repeated', showCount(people.repeats())],
    ['notification → 204', showPercentiles(percentilesOf(notified.taken.map(({ tookMs }) => tookMs)))],
    ['edit in Google → appointment', showPercentiles(percentilesOf(fromGoogleMs(evidence)))],
    ['booking here → event', showPercentiles(percentilesOf(toGoogleMs(evidence)))],
    ['processor', `${showMs(cpuMs)} of this process, without the DynamoDB engine; load average ${busyness.toFixed(1)}`],
    ['memory at most', `${showCount(rssMb)} MB resident, ${showCount(heapMb)} MB of it the main thread’s heap`],
  ];
};

const keptOn = ({ made }: BarberSides, side: Made['side']): Made[] =>
  made.filter((one) => one.side === side && !one.gone);

/** From the last edit of each event until the run that has brought it in said that it was done. */
const fromGoogleMs = ({ sides, logs }: Evidence): number[] =>
  sides.flatMap((barber) => {
    const entries = [...barber.log.values()].flatMap((all) => all.slice(-1));
    const chainOf = new Map<string | undefined, string>(
      entries.map(({ after, provenance }) => [after.link?.eventId, provenance.chainId]),
    );
    return keptOn(barber, 'google').flatMap(({ id, editedAt }) => {
      const doneAt = logs.doneAt.get(chainOf.get(id) ?? '');
      return doneAt === undefined ? [] : [doneAt - editedAt];
    });
  });

/** From the last edit of each booking until Google had it. */
const toGoogleMs = ({ sides }: Evidence): number[] =>
  sides.flatMap((barber) => {
    const eventOf = new Map(barber.appointments.map(({ id, calendar }) => [id, calendar?.eventId]));
    const updated = new Map(barber.events.map(({ id, updated: at }) => [id, Date.parse(at)]));
    return keptOn(barber, 'here').flatMap(({ id, editedAt }) => {
      const at = updated.get(eventOf.get(id) ?? '');
      return at === undefined ? [] : [at - editedAt];
    });
  });

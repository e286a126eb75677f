/** Row 8: what 1,000, 100,000 and 10 million calendars ask for, by arithmetic and by the queue and quota model. */
import { dueShards } from '../../../shared/store/keys.ts';
import { type Figure, percentile, type Row } from '../figures.ts';
import assumed from '../fleet.json' with { type: 'json' };
import { type Fleet, type Load, simulate } from '../rig/fleet-model.ts';

const fleets = [1_000, 100_000, 10_000_000];
/** The listings of so few minutes as show what a minute's quota does. */
const simulatedSeconds = 180;
const partitionWritesPerSecond = 1_000;

const secondsPerDay = 86_400;

/** Per second, in the busiest hour. */
const demandOf = (calendars: number, backstopHours: number) => {
  const changes = (calendars * assumed.changesPerCalendarAndDay * assumed.busiestHourShareOfDay) / 3_600;
  const pushes = changes * assumed.changesMadeHereShare * (assumed.callsPerPush - 1); // Their echo is a notification.
  const renewals = (calendars * assumed.renewalsPerDay * assumed.callsPerRenewal) / secondsPerDay;
  const backstops = calendars / (backstopHours * 3_600);
  return { notifications: changes * assumed.notificationsPerChange, others: pushes + renewals + backstops, backstops };
};

const fleetOf = (calendars: number, over: Partial<Fleet>): Fleet => ({
  calendars,
  perSecond: demandOf(calendars, assumed.backstopHours).notifications,
  workers: assumed.workers,
  listingMs: assumed.listingMs,
  coolDownMs: assumed.coolDownMs,
  quotaPerMinute: assumed.googleCallsPerMinute,
  seconds: simulatedSeconds,
  seed: 1,
  ...over,
});

const measureFleet = (calendars: number): Figure[] => {
  const name = calendars.toLocaleString('en-US');
  const { notifications, others, backstops } = demandOf(calendars, assumed.backstopHours);
  const daily = demandOf(calendars, 24);
  const workers = Math.ceil(notifications * (assumed.listingMs / 1_000) * 1.5);
  const enough = simulate(fleetOf(calendars, { workers: Math.max(workers, assumed.workers), quotaPerMinute: 1e12 }));
  const listsPerMinute = (enough.lists / simulatedSeconds) * 60;
  const callsPerMinute = listsPerMinute + others * 60;
  const quotaLeft = Math.max(0, assumed.googleCallsPerMinute - others * 60);
  const servedPerMinute = Math.min(quotaLeft, (assumed.workers * 60_000) / assumed.listingMs);
  const isEnough = servedPerMinute >= listsPerMinute;
  const p95 = (load: Load) => `p95 ${(percentile(load.latenciesMs, 0.95) / 1_000).toFixed(2)} s`;
  const asItIs = isEnough ? `${p95(simulate(fleetOf(calendars, { quotaPerMinute: quotaLeft })))}; ` : '';
  return [
    { what: `${name} calendars: notifications`, value: notifications, unit: 'per second' },
    {
      what: `${name}: calls of Google`,
      value: callsPerMinute,
      unit: 'per minute',
      note: `${(backstops * 60).toFixed(0)} of them the hourly backstop; ${(listsPerMinute + daily.others * 60).toFixed(0)} with a daily one`,
    },
    {
      what: `${name}: Google projects, hourly backstop`,
      value: Math.ceil(callsPerMinute / assumed.googleCallsPerMinute),
      unit: '',
      note: `${Math.ceil((listsPerMinute + daily.others * 60) / assumed.googleCallsPerMinute)} with a daily one`,
    },
    {
      what: `${name}: listings that ${assumed.workers} workers and one project keep up with`,
      value: Math.min(1, servedPerMinute / listsPerMinute),
      unit: 'of all',
      note: `${asItIs}${p95(enough)} with ${Math.max(workers, assumed.workers)} workers and quota enough`,
    },
    {
      what: `${name}: Lambdas at work at once`,
      value: Math.ceil(notifications * (assumed.receiverMs / 1_000) + workers / 10),
      unit: '',
      note: `receiver ${Math.ceil(notifications * (assumed.receiverMs / 1_000))}, consumer ${Math.ceil(workers / 10)}, of ten calendars each`,
    },
    {
      what: `${name}: sends to the FIFO queue`,
      value: (notifications + others) / assumed.fifoSendsPerSecond,
      unit: 'of its limit',
      note: `${assumed.fifoSendsPerSecond.toLocaleString('en-US')} per second in the largest regions, 2,400 in others unless raised`,
    },
    {
      what: `${name}: the renewal worker's rounds, looked at / due`,
      value: Math.min(1, lookedAtPerHour / (backstops * 3_600)),
      unit: 'of all',
      note: `${Math.round(lookedAtPerHour).toLocaleString('en-US')} an hour; each calendar is due about once an hour`,
    },
    {
      what: `${name}: writes to a shard of the due index`,
      value: (backstops * 2) / dueShards,
      unit: 'units/s',
      note: `${dueShards} shards; a partition takes ${partitionWritesPerSecond}`,
    },
    { what: `${name}: cost`, value: usdPerMonth(calendars), unit: 'USD/month', note: 'storage and backstop included' },
  ];
};

/** Of all shards, in all rounds of an hour: as far as a round reads, or its processor time goes. */
const lookedAtPerHour =
  Math.min(
    dueShards * assumed.calendarsPerShardAndRound,
    (assumed.secondsPerRound * 1_000 * assumed.renewalProcessorShare) / assumed.visitOwnMs,
  ) * assumed.roundsPerHour;

const daysPerMonth = 30;

const usdPerMonth = (calendars: number): number => {
  const notifications = calendars * assumed.changesPerCalendarAndDay * assumed.notificationsPerChange * daysPerMonth;
  const backstops = (calendars * 24 * daysPerMonth) / assumed.backstopHours;
  const stored = (calendars * assumed.storedKbPerCalendar) / 1e6;
  return (
    (notifications * assumed.usdPerMillionNotifications + backstops * assumed.usdPerMillionBackstops) / 1e6 +
    stored * assumed.usdPerGbMonth
  );
};

export const scale: Row = {
  name: 'scale',
  title: '8. Scale, by a model (fleet.json)',
  measure: async () => fleets.flatMap(measureFleet),
};

/**
 * A month of virtual time: rounds of the renewal worker every five minutes, and the sync job beside it, over stores in memory
 * and a Google that keeps channels. Both die at every call that they make, again and again. One calendar of each kind.
 */
import { beforeAll, describe, expect, test } from 'vitest';
import type { Calendar } from '../../shared/domain/calendar.ts';
import { GrantRevoked } from '../../shared/domain/errors.ts';
import { asId, type CalendarId, type CalendarKey, type UserId } from '../../shared/domain/ids.ts';
import { day, epochMsOf, hour, type Instant, minute, plusMs } from '../../shared/domain/instant.ts';
import type { Hint } from '../../shared/queue/hint.ts';
import { censusOf, type Visit } from '../../shared/renewal/census.ts';
import { renewDue } from '../../shared/renewal/renew-due.ts';
import { type SyncDeps, syncCalendar } from '../../shared/sync/sync-calendar.ts';
import { Crash } from '../support/faulty.ts';
import { type Death, mortal } from '../support/peril.ts';
import { aCalendar, aConnection, now as begin, userId } from '../support/samples.ts';
import { openSyncJob, sealed } from './sync-job.ts';
import { type Behaviour, gapsOf, refusal, watchedGoogle } from './watched-google.ts';

const stepMs = 5 * minute;
const end = plusMs(begin, 30 * day);
/** A notification that is lost is made good by then. */
const lastEventAt = plusMs(end, -2 * hour);
const sinceBegin = (at: Instant) => epochMsOf(at) - epochMsOf(begin);
const during = (fromMs: number, toMs: number) => (at: Instant) => sinceBegin(at) >= fromMs && sinceBegin(at) < toMs;
/** For four hours of every day, not at the same hours as the renewals for long. */
const inTheAfternoon = (at: Instant) => sinceBegin(at) % day >= 12 * hour && sinceBegin(at) % day < 16 * hour;
const fromDay = (days: number) => during(days * day, days * day + 5 * hour);

const revoker = asId<UserId>('barber-2');
const isRevoked = during(8 * day, 9.25 * day);

type Kind = { calendar?: Partial<Calendar>; google?: Behaviour; isWatched: boolean };
const kinds = {
  usual: { isWatched: true },
  shortLived: { isWatched: true, google: { grantsMs: 90 * minute } },
  'very short-lived': { isWatched: true, google: { grantsMs: 40 * minute } },
  'refused at times': {
    isWatched: true,
    google: { refusesWatch: (at) => (inTheAfternoon(at) ? refusal('events.watch', 503) : undefined) },
  },
  'of a refused address': {
    isWatched: true,
    google: {
      refusesWatch: (at) =>
        [5, 15, 25].some((days) => fromDay(days)(at))
          ? refusal('events.watch', 401, 'push.webhookUrlUnauthorized')
          : undefined,
    },
  },
  'whose stops are refused for good': {
    isWatched: true,
    google: { refusesStop: () => refusal('channels.stop', 403, 'forbidden') },
  },
  'whose stops fail at times': {
    isWatched: true,
    google: {
      grantsMs: 3 * hour,
      refusesStop: (at) => (inTheAfternoon(at) ? refusal('channels.stop', 500) : undefined),
    },
  },
  'switched off and on': { isWatched: true },
  'revoked and consented to again': { isWatched: true, calendar: { userId: revoker }, google: { isRevoked } },
  unwatchable: {
    isWatched: false,
    google: { refusesWatch: () => refusal('events.watch', 400, 'pushNotSupportedForRequestedResource') },
  },
  'without real-time sync': { isWatched: false, calendar: { realTimeSync: false } },
  disabled: { isWatched: false, calendar: { enabled: false } },
} as const satisfies Record<string, Kind>;
type KindName = keyof typeof kinds;
const names = Object.keys(kinds) as KindName[];
const kindOf = (name: KindName): Kind => kinds[name];
const idOf = (name: KindName) => asId<CalendarId>(name);
const keyOf = (name: KindName) => asId<CalendarKey>(`${String.fromCharCode(65 + names.indexOf(name))}-${name}`);

const openMonth = async () => {
  let clock = begin;
  let drawn = 0;
  let seed = 1;
  const random = () => {
    seed = (seed * 16_807) % 2_147_483_647;
    return seed / 2_147_483_647;
  };
  type Queued = { hint: Hint; sentAt: Instant };
  let queue: Queued[] = [];
  const enqueue = (hint: Hint) => void queue.push({ hint, sentAt: clock });
  const visits: Visit[] = [];

  const job = await openSyncJob(aConnection({ accessTokenExpiresAt: plusMs(end, 9 * day) }));
  const { stores } = job;
  const grant = {
    state: 'connected' as const,
    refreshToken: sealed('lasting'),
    accessToken: sealed('cached'),
    accessTokenExpiresAt: plusMs(end, 9 * day),
  };
  await stores.connections.create(aConnection({ userId: revoker, ...grant }));

  const google = watchedGoogle(
    {
      clock: () => clock,
      fire: ({ calendarId, id, resourceId }) => {
        if (random() < 0.1) return; // Google loses a small share.
        const name = names.find((one) => idOf(one) === calendarId) ?? expect.fail('There is no such calendar');
        const chainId = asId<Hint['chainId']>(`${id}:${++drawn}`);
        enqueue({
          calendarKey: keyOf(name),
          reason: 'notification',
          connectGeneration: 1,
          channel: { id, resourceId },
          chainId,
        });
      },
    },
    new Map(names.map((name) => [idOf(name), kindOf(name).google ?? {}])),
  );
  const refresh: SyncDeps['oauth']['refresh'] = async () => {
    if (isRevoked(clock)) throw new GrantRevoked('invalid_grant');
    return { accessToken: 'fresh', accessTokenExpiresAt: grant.accessTokenExpiresAt, scopes: [] };
  };

  for (const name of names) {
    const calendar = aCalendar({
      key: keyOf(name),
      calendarId: idOf(name),
      role: 'blocks',
      ...kindOf(name).calendar,
    });
    await stores.calendars.register(calendar, { dueAt: plusMs(begin, hour), renewChannel: false });
    if (calendar.enabled) enqueue({ calendarKey: calendar.key, reason: 'connected', chainId: asId('connect') });
  }

  const portsOf = (process: ReturnType<typeof mortal>) => {
    const base = job.deps({ random, newChannelId: () => asId(`channel-${++drawn}`) });
    const { calendars, channels, connections, appointments } = stores;
    const sending = { send: async ({ hint }: { hint: Hint }) => enqueue(hint) };
    const living = process.living({
      calendars,
      channels,
      connections,
      appointments,
      queue: sending,
      google: google.api,
    });
    return { ...base, ...living, oauth: { refresh }, google: { ...base.google, ...living.google } };
  };
  /** Undefined: it has died, or has failed for a reason of its own that it has said. */
  const unlessDead = async <T>(work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await work();
    } catch (error) {
      if (error instanceof Crash) return undefined;
      throw error;
    }
  };

  const round = async (process: ReturnType<typeof mortal>) => {
    const deps = { ...portsOf(process), clock: () => clock, onVisit: (visit: Visit) => void visits.push(visit) };
    const stamp = { chainId: asId<Hint['chainId']>(`round-${++drawn}`), now: clock, until: plusMs(clock, minute) };
    await unlessDead(() => renewDue(deps, stamp));
  };
  const work = async (process: ReturnType<typeof mortal>, { hint, sentAt }: Queued) => {
    const received = { hint, sentAt, now: clock, remainingMs: () => minute };
    const outcome = await unlessDead(() => syncCalendar(portsOf(process), received));
    if (process.died() || outcome === undefined || outcome.kind === 'deferred' || outcome.kind === 'failed') {
      queue.push({ hint, sentAt }); // It comes back.
    }
  };
  /** One calendar's hints after one another, as in their queue group; each in a process of its own. */
  const consume = async (processFor: () => ReturnType<typeof mortal>) => {
    const taken = queue;
    queue = [];
    for (const message of taken) await work(processFor(), message);
  };

  return {
    stores,
    google,
    visits,
    now: () => clock,
    pass: (ms: number) => {
      clock = plusMs(clock, ms);
    },
    enqueue,
    round,
    consume,
    reconsent: async () => {
      const read = (await stores.connections.load(revoker)) ?? expect.fail('There is no connection');
      await stores.connections.resume(read, { ...grant, refreshToken: sealed('another') }, clock);
      const calendar = aCalendar({ key: keyOf('revoked and consented to again'), userId: revoker, role: 'blocks' });
      await stores.calendars.register(calendar, { dueAt: plusMs(clock, hour), renewChannel: true });
      enqueue({ calendarKey: calendar.key, reason: 'connected', chainId: asId('connect-again') });
    },
    calendar: async (name: KindName) =>
      (await stores.calendars.load(keyOf(name))) ?? expect.fail('There is no such calendar'),
    records: async (name: KindName) => stores.channels.listOf(kindOf(name).calendar?.userId ?? userId, keyOf(name)),
  };
};
type Month = Awaited<ReturnType<typeof openMonth>>;

/** What a person does in the course of the month. */
const people: [dayOfMonth: number, act: (month: Month) => Promise<unknown>][] = [
  ...[3, 11, 19, 27].map((days): (typeof people)[number] => [
    days,
    async ({ stores, calendar, now, enqueue }) => {
      await stores.channels.renewNow(await calendar('usual'), now());
      enqueue({ calendarKey: keyOf('usual'), reason: 'manual', chainId: asId(`renew-${days}`) });
    },
  ]),
  [9.25, (month) => month.reconsent()],
  ...(
    [
      [12, { realTimeSync: false }],
      [13, { realTimeSync: true }],
      [20, { enabled: false }],
      [21, { enabled: true }],
    ] as const
  ).map(([days, switches]): (typeof people)[number] => [
    days,
    async ({ stores, calendar, now, enqueue }) => {
      const read = await calendar('switched off and on');
      if ('enabled' in switches) await stores.calendars.setSwitches(read, { ...switches, role: 'blocks' }, now());
      else await stores.calendars.setRealTimeSync(read, switches.realTimeSync);
      const reason = Object.values(switches)[0] ? 'enabled' : 'disabled';
      enqueue({ calendarKey: read.key, reason, chainId: asId(`switch-${days}`) });
    },
  ]),
];

/** Every call that the two make in the course of it, each to die before and after. */
const deathsOf = (calls: string[]): Death[] =>
  calls.flatMap((call) => [
    { call, when: 'before' as const },
    { call, when: 'after' as const },
  ]);
/** A death that has not come about in this time gives way to the next; one that never has is waited for. */
const patienceMs = 2 * hour;
const firstPatienceMs = 12 * hour;
/** Long enough to heal: then the next one may die. */
const healingMs = 15 * minute;

const renewalCalls = [
  'calendars.listDue',
  'calendars.load',
  'calendars.postpone',
  'connections.load',
  'channels.begin',
  'google.watch',
  'channels.activate',
  'channels.listOf',
  'channels.note',
  'google.stop',
  'channels.settle',
  'channels.deferSettling',
  'channels.postpone',
  'queue.send',
  'appointments.listPending',
  'calendars.commitListing',
  'google.listEvents',
];

const label = ({ call, when }: Death) => `${call} ${when}`;

const live = async (month: Month) => {
  const deaths = deathsOf(renewalCalls);
  const died = new Map<string, number>();
  let next = 0;
  let armedAt = plusMs(begin, day);
  const mayDie = () => month.now() >= armedAt && month.now() < plusMs(end, -6 * hour);
  const current = () => deaths[next % deaths.length] ?? expect.fail('There are no deaths');
  const goOn = (afterMs: number) => {
    next += 1;
    armedAt = plusMs(month.now(), afterMs);
  };
  /** At most one process dies in a step. */
  const processes = () => {
    const mortals: ReturnType<typeof mortal>[] = [];
    const make = () => {
      const process = mortal(mayDie() && !mortals.some((one) => one.died()) ? current() : undefined);
      mortals.push(process);
      return process;
    };
    return { make, died: () => mortals.some((one) => one.died()) };
  };

  const acts = people.map(([days, act]) => ({ at: plusMs(begin, days * day), act }));
  const problems: string[] = [];
  while (month.now() < end) {
    for (const { at, act } of acts) if (at === month.now()) await act(month);
    const steps = sinceBegin(month.now()) / stepMs;
    for (const [index, name] of names.entries()) {
      if (steps % 83 === index && month.now() < lastEventAt)
        month.google.addEvent(idOf(name), plusMs(month.now(), day));
    }
    const { make, died: someoneDied } = processes();
    if (steps % 2 === 0) await Promise.all([month.round(make()), month.consume(make)]);
    else {
      await month.consume(make);
      await month.round(make());
    }
    if (someoneDied()) {
      died.set(label(current()), (died.get(label(current())) ?? 0) + 1);
      goOn(healingMs);
    } else if (month.now() > plusMs(armedAt, died.has(label(current())) ? patienceMs : firstPatienceMs)) goOn(0);
    problems.push(...(await missing(month)));
    month.pass(stepMs);
  }
  return { died, problems };
};

/** Calendars that should be watched at this moment, and are not: seen from Google. */
const missing = async ({ google, now }: Month): Promise<string[]> =>
  names
    .filter((name) => kindOf(name).isWatched && !isExcused(name, now()) && now() >= plusMs(begin, hour))
    .filter((name) => google.live(idOf(name)).length === 0)
    .map((name) => `${now()}: ${name}`);

/** Nobody can watch without consent, nor does anybody who has switched it off want it. */
const isExcused = (name: KindName, at: Instant): boolean => {
  if (name === 'revoked and consented to again') return during(8 * day, 9.25 * day + 2 * hour)(at);
  if (name !== 'switched off and on') return false;
  return during(12 * day, 13 * day + hour)(at) || during(20 * day, 21 * day + hour)(at);
};

const watchedNames = names.filter((name) => kindOf(name).isWatched);

describe('[R7] a month in which the worker and the consumer die at every call', () => {
  let month: Month;
  let lived: Awaited<ReturnType<typeof live>>;
  beforeAll(async () => {
    month = await openMonth();
    lived = await live(month);
  }, 120_000);

  test('has had every death, before and after the call took effect', () => {
    expect([...lived.died.keys()].sort()).toEqual(deathsOf(renewalCalls).map(label).sort());
  });

  test.each(watchedNames)('the calendar %s is watched at every moment, measured at Google', (name) => {
    expect(lived.problems.filter((problem) => problem.endsWith(name))).toEqual([]);
    const gaps = gapsOf(month.google.channelsOf(idOf(name)), end);
    expect(gaps.filter(({ from, to }) => !(isExcused(name, from) && isExcused(name, plusMs(to, -1))))).toEqual([]);
  });

  test.each(watchedNames)(
    'the calendar %s has exactly one active channel at its end; every other has ended',
    async (name) => {
      const { channel } = await month.calendar(name);
      expect(channel).toMatchObject({ state: 'active' });
      const records = await month.records(name);
      expect(records.filter(({ state }) => state === 'active').map(({ id }) => id)).toEqual([channel?.id]);
      const live = month.google.live(idOf(name)).map(({ id }) => id);
      expect(live).toContain(channel?.id);
      const others = live.filter((id) => id !== channel?.id);
      const isRefused = name === 'whose stops are refused for good';
      const known = records.filter(({ state }) => state === 'superseded');
      expect(others.sort()).toEqual(isRefused ? known.map(({ id }) => id).sort() : []);
      expect(known.filter(({ expiresAt }) => expiresAt <= end)).toEqual([]);
    },
  );

  test.each(names)('[R3] what was changed in the calendar %s has been applied once, renewals or not', async (name) => {
    const { enabled } = kindOf(name).calendar ?? { enabled: true };
    const page = await month.stores.appointments.list({
      userId: kindOf(name).calendar?.userId ?? userId,
      from: plusMs(begin, -day),
      to: plusMs(end, 9 * day),
      limit: 10_000,
      includeCancelled: true,
    });
    const made = page.items.filter(({ link }) => link?.calendarKey === keyOf(name));
    const versions = new Set(made.map(({ version }) => version));
    const isTold = enabled !== false && name !== 'switched off and on'; // Switched off, its blocks are freed.
    if (isTold) expect(versions).toEqual(new Set([1]));
    expect(made).toHaveLength(enabled === false ? 0 : month.google.countEvents(idOf(name)));
  });

  test('[F26] a calendar that cannot be watched was not asked for again and again', () => {
    const asked = month.google.calls.filter(({ call, calendarId }) => call === 'watch' && calendarId === 'unwatchable');
    expect(asked.length).toBeLessThanOrEqual(5);
  });

  test('[F26] nobody watches for a calendar that is switched off, or without real-time sync', () => {
    const asked = month.google.calls.filter(({ call }) => call === 'watch').map(({ calendarId }) => calendarId);
    expect(asked).not.toContain('disabled');
    expect(asked).not.toContain('without real-time sync');
  });

  test('[R11] as many channels were made as their lifetimes ask for, and little more', () => {
    const made = (name: KindName) => month.google.channelsOf(idOf(name)).length;
    expect(made('usual')).toBeGreaterThan(38);
    expect(made('usual')).toBeLessThan(60);
    expect(made('shortLived')).toBeLessThan((30 * day) / (55 * minute));
  });

  test('the census of the fleet counts every kind as it is', async () => {
    for (const name of names) await month.stores.calendars.postpone(keyOf(name), month.now());
    const before = month.visits.length;
    await month.round(mortal());
    const census = censusOf(month.visits.slice(before), month.now());
    const standing = {
      ChannelActive: watchedNames.length,
      ChannelUnwatchable: 1,
      ChannelMissing: 0,
      ChannelCreating: 0,
    };
    expect(census).toMatchObject({ ...standing, ChannelStale: 0, ChannelExpiringSoon: 0, SweepCompleted: 1 });
  });
});

/**
 * The system under test: the product's own code, function by function, on simulated ports. What Lambda does around it (time
 * limits, freezing, retries) is here; what the functions do is not.
 */
import pMap from 'p-map';
import { project } from '../../functions/change-stream/project.ts';
import { reportRound, reportVisit } from '../../functions/renewal-worker/report.ts';
import { type ConsumeDeps, consume, type HintRecord } from '../../functions/sync-consumer/consume.ts';
import { createReport } from '../../functions/sync-consumer/report.ts';
import { type After, withinTime } from '../../functions/sync-consumer/within-time.ts';
import type { Appointment } from '../../shared/domain/appointment.ts';
import type { Calendar } from '../../shared/domain/calendar.ts';
import type { ChannelSlot } from '../../shared/domain/channel.ts';
import type { Sealed } from '../../shared/domain/connection.ts';
import { ownerMarkOf } from '../../shared/domain/derived-ids.ts';
import { GrantRevoked } from '../../shared/domain/errors.ts';
import { asId, type ChannelId, type UserId } from '../../shared/domain/ids.ts';
import { type Instant, instantAt, minute, second } from '../../shared/domain/instant.ts';
import type { SyncEvent } from '../../shared/domain/sync-event.ts';
import { googleCalendarOver } from '../../shared/google/calendar-client.ts';
import type { GoogleOAuth } from '../../shared/google/oauth.ts';
import { createChannelToken } from '../../shared/notifications/channel-token.ts';
import { handBack } from '../../shared/queue/hand-back.ts';
import type { Hint } from '../../shared/queue/hint.ts';
import type { SyncQueue } from '../../shared/queue/sync-queue.ts';
import type { Visit } from '../../shared/renewal/census.ts';
import { type RenewalDeps, renewDue, surprisesIn } from '../../shared/renewal/renew-due.ts';
import { describeError } from '../../shared/runtime/describe-error.ts';
import type { TokenVault } from '../../shared/runtime/token-vault.ts';
import type { SyncDeps } from '../../shared/sync/sync-calendar.ts';
import type { Stores } from '../support/memory-store.ts';
import { deploymentIn } from './deployment.ts';
import { type Google, googleIn } from './google.ts';
import type { Knobs } from './knobs.ts';
import { leavingIn } from './leaving.ts';
import type { Mutant } from './mutants.ts';
import { type Queue, queueIn } from './queue.ts';
import { type Store, storeIn, type Witness } from './store.ts';
import { type Stream, streamIn } from './stream.ts';
import { call, count, die, note, PortFailed, parked, type Sim, type Task, type TaskKind } from './tasks.ts';
import { webhookIn } from './webhook.ts';

export type SystemOptions = { sim: Sim; knobs: Knobs; witness: Witness; mutant: Mutant; watch: Watch };

/** What the oracle hears of beyond the table's writes. */
export type Watch = {
  /** The queue has taken the hint of a genuine notification. */
  accepted(calendarKey: string, at: number): void;
  /** A stranger's message has led to something. */
  fooled(what: string): void;
  logged(text: string): void;
  /** The queue has taken this hint. */
  queued(hint: Hint): void;
  /** Written into the log at once. */
  recorded(events: SyncEvent[]): void;
  /** The stream has given them up: the log is not complete, and an alarm says so. */
  unrecorded(appointments: Appointment[]): void;
  /** The first page of a listing. */
  listed(task: Task, calendarId: string): void;
};

export type System = ReturnType<typeof systemIn>;

export type Begin = (kind: TaskKind, name: string, onDeath: () => void) => Task;
/** By the clock of the process. */
export type NowOf = (task: Task) => Instant;

export const roundEveryMs = 5 * minute;

const timeLimitMs: Record<TaskKind, number> = {
  consumer: 60 * second,
  stream: 60 * second,
  renewal: 4 * minute,
  receiver: 10 * second,
  person: 29 * second,
};

export const systemIn = ({ sim, knobs, witness, mutant, watch }: SystemOptions) => {
  const { kernel, random } = sim;
  const deployment = deploymentIn(sim, knobs);
  const store: Store = storeIn(sim, witness, deployment);
  const queue: Queue = queueIn({
    sim,
    ...knobs,
    consume: (batch) => runConsumer(batch),
    taken: (hint) => {
      const { calendarKey, connectGeneration, reason } = hint;
      watch.queued(hint);
      const isCurrent = connectGeneration === store.calendars.get(calendarKey)?.connectGeneration;
      if (reason === 'notification' && isCurrent) watch.accepted(calendarKey, kernel.now());
    },
  });
  const google: Google = googleIn({
    sim,
    skewMs: knobs.googleSkewMs,
    pageSize: knobs.pageSize,
    notified: (channel, number, state) => webhook.deliver(channel, number, state),
    isKnown: (eventId, etag) =>
      [...store.appointments.values()].some(
        ({ link, status }) => status === 'confirmed' && link?.eventId === eventId && link.observed?.etag === etag,
      ),
  });
  const stream: Stream = streamIn({ sim, read: (batch) => runStream(batch), lost: watch.unrecorded });
  let tasks = 0;
  /** Of renewals, under way. */
  const rounds = new Set<Task>();
  let channels = 0;

  const begin: Begin = (kind, name, onDeath) => {
    const startedAt = kernel.now();
    tasks += 1;
    const skewMs = Math.round((random.next('skew') - 0.5) * 2 * knobs.skewMs);
    const endsAt = startedAt + timeLimitMs[kind];
    const isOld = deployment.isOld(kind);
    return { kind, name: `${name}${tasks}`, isOld, skewMs, startedAt, endsAt, dead: false, spared: false, onDeath };
  };

  const nowOf: NowOf = (task) => instantAt(kernel.now() + task.skewMs);

  const queueOf = (task: Task): SyncQueue => ({
    send: (envelope) =>
      call(sim, task, { name: 'queue.send', kind: 'send' }, async () => queue.send(mutant.envelope(envelope)), {
        latencyMs: 15,
      }),
  });

  const webhook = webhookIn({ sim, knobs, begin, nowOf, queueOf, fooled: watch.fooled });

  const vaultOf = (task: Task): TokenVault => ({
    seal: (plaintext) =>
      call(sim, task, { name: 'vault.seal', kind: 'read' }, async () => sealed(plaintext), { latencyMs: 5 }),
    open: (text) => call(sim, task, { name: 'vault.open', kind: 'read' }, async () => opened(text), { latencyMs: 5 }),
  });

  const oauthOf = (task: Task): Pick<GoogleOAuth, 'refresh' | 'revoke'> => ({
    revoke: (refreshToken) =>
      call(sim, task, { name: 'oauth.revoke', kind: 'refresh' }, async () => endGrant(refreshToken), {
        latencyMs: 200,
      }),
    refresh: (refreshToken) =>
      call(sim, task, { name: 'oauth.refresh', kind: 'refresh' }, async () => grantFor(refreshToken), {
        latencyMs: 200,
      }),
  });

  const grantFor = (refreshToken: string) => {
    const grant = google.world.state.refreshTokens[refreshToken];
    if (grant === undefined) throw new GrantRevoked('invalid_grant');
    count(sim, 'an access token made afresh');
    const accessTokenExpiresAt = instantAt(kernel.now() + 60 * minute);
    return { accessToken: google.issue(grant.email), accessTokenExpiresAt, scopes: [] };
  };

  const endGrant = (refreshToken: string): void => {
    const grant = google.world.state.refreshTokens[refreshToken];
    if (grant !== undefined) google.control.revokeGrant({ email: grant.email });
  };

  /** What waits for Google, but not for long; as the management API does it. */
  const withinOf =
    (task: Task) =>
    <T>(work: Promise<T>): Promise<T> =>
      withinTime(work, 4 * second, afterOf(task));

  const afterOf =
    (task: Task): After =>
    (ms, act) => {
      let isOff = false;
      parked(sim, task, ms, () => {
        if (!isOff) act();
      });
      return () => {
        isOff = true;
      };
    };

  const leaving = leavingIn({ sim, google, graceMs: timeLimitMs.person });

  /** One hint's dependencies. */
  const syncDepsOf = (task: Task) => {
    const beneath = store.witnessed(task);
    const around = { task, google, stores: beneath, calendars: store.calendars, appointments: store.appointments };
    const stores = mutant.stores(store.of(task, mutant.witnessed(beneath, task)), around);
    return {
      ...stores,
      vault: vaultOf(task),
      oauth: oauthOf(task),
      google: leaving.heeding(mutant.google(googleCalendarOver(mutant.api(google.api(task))), around)),
      queue: queueOf(task),
      webhookAddress: 'https://calendar.example.com/api/v2/webhooks/google-calendar',
      channelToken: ({ key, connectGeneration }: Calendar, channelId: ChannelId, expiresAt: Instant) =>
        createChannelToken(webhook.keys(), channelId, { calendarKey: key, connectGeneration, expiresAt }),
      newChannelId: () => {
        channels += 1;
        return asId<ChannelId>(`channel-${channels}`);
      },
      channelLifetimeMs: knobs.channelLifetimeMs,
      random: () => random.next('jitter'),
      ownerMarkOf: markOf,
    } satisfies SyncDeps & Stores;
  };

  const log = {
    info: (message: string, fields: object = {}) => watch.logged(`${message} ${JSON.stringify(fields)}`),
    error: (message: string, error: unknown, fields: object = {}) =>
      watch.logged(
        `${message} ${JSON.stringify({ ...fields, ...(error !== undefined && { error: describeError(error) }) })}`,
      ),
  };
  const report = createReport(log, () => undefined);

  const runConsumer = (batch: HintRecord[]): void => {
    let isOver = false;
    const end = (done: string[]): void => {
      if (isOver) return;
      isOver = true;
      queue.finish(done);
    };
    const task = begin('consumer', 'worker', () => end([]));
    const receives = Math.max(...batch.map(({ attributes }) => Number(attributes.ApproximateReceiveCount)));
    const isTroubled = batch.some(({ attributes }) => {
      const calendar = store.calendars.get(asId(attributes.MessageGroupId ?? ''));
      return (calendar?.trouble?.failures ?? 0) >= 2;
    });
    task.spared = !knobs.nets && (receives >= 4 || isTroubled);
    note(sim, task.name, () => `takes ${batch.map(({ messageId }) => messageId).join(' ')}`);

    const acknowledged = new Set<string>();
    const deps: ConsumeDeps = {
      syncDeps: async () => syncDepsOf(task),
      report,
      now: () => nowOf(task),
      after: afterOf(task),
      handBack: async (hints, undone) => {
        note(
          sim,
          task.name,
          () => `hands back ${hints.length}: ${undone.kind} ${'error' in undone ? undone.error : undone.forMs}`,
        );
        if (undone.kind === 'deferred' && mutant.acknowledgesDeferred)
          for (const { receiptHandle } of hints) acknowledged.add(receiptHandle);
        if (undone.kind === 'failed') count(sim, 'a hint that failed');
        else count(sim, 'a hint that waits for its turn');
        await handBack({
          hide: (hidden, seconds) => {
            const effect = async () =>
              queue.hide(
                hidden.map(({ receiptHandle }) => receiptHandle),
                seconds,
              );
            return call(sim, task, { name: 'queue.hide', kind: 'hide' }, effect, { latencyMs: 15 });
          },
          log,
          emit: () => undefined,
          random: () => random.next('backoff'),
        })(hints, undone);
      },
    };
    const respond = (undone: HintRecord[]): void => {
      if (task.dead || isOver) return;
      const fault = task.spared ? undefined : sim.faults.at('queue.acknowledge', 'acknowledge');
      if (fault !== undefined) {
        count(sim, `fault acknowledge ${fault}`);
        note(sim, task.name, () => `⚡ ${fault}`);
      }
      const failed = new Set(
        mutant
          .failures(undone)
          .filter(({ receiptHandle }) => !acknowledged.has(receiptHandle))
          .map(({ messageId }) => messageId),
      );
      const done = batch.filter(({ messageId }) => !failed.has(messageId));
      if (failed.size > 0 && done.length > 0) count(sim, 'a batch that is done in part');
      end(fault === undefined ? done.map(({ receiptHandle }) => receiptHandle) : []);
      freeze(sim, task);
    };
    consume(deps, batch, () => task.endsAt - kernel.now()).then(respond, (error) => {
      sim.violations.push(`[R11] the consumer threw: ${error instanceof Error ? error.stack : error}`);
      end([]);
    });
    kernel.at(task.endsAt, () => {
      if (isOver) return;
      note(sim, task.name, () => 'ran out of time');
      count(sim, 'an invocation that ran out of time');
      end([]);
      freeze(sim, task);
    });
  };

  const runStream = (batch: Parameters<typeof project>[0]): Promise<void> =>
    new Promise((resolve, reject) => {
      const task = begin('stream', 'stream', () => reject(new PortFailed('The process has gone')));
      const { hints, syncEvents } = project(batch);
      const append = async (): Promise<void> => {
        const effect = async () => watch.recorded(mutant.records(syncEvents));
        if (syncEvents.length > 0) {
          await call(sim, task, { name: 'log.append', kind: 'write' }, effect, { latencyMs: 10 });
        }
      };
      const { send } = queueOf(task);
      let isOver = false;
      const end = (settle: () => void): void => {
        isOver = true;
        settle();
      };
      Promise.all([append(), pMap(mutant.hints(hints), send, { concurrency: 10 })]).then(
        () => end(resolve),
        (error) => {
          log.error('A batch of the stream failed', error, { count: batch.length });
          end(() => reject(error));
        },
      );
      kernel.at(task.endsAt, () => {
        if (!isOver) die(sim, task, 'out of time');
      });
    });

  /** The renewal worker's round. What it meets is its visits' to say; it ends like the function. */
  const runRenewal = (): void => {
    const task = begin('renewal', 'renewal', () => void rounds.delete(task));
    rounds.add(task);
    const round = {
      chainId: asId<SyncEvent['provenance']['chainId']>(`renewal-${tasks}`),
      now: nowOf(task),
      until: instantAt(task.endsAt + task.skewMs - 45 * second),
    };
    const { calendars, ...deps } = syncDepsOf(task);
    const renewalDeps: RenewalDeps = {
      ...deps,
      ...(knobs.nets ? { calendars } : abandonedOnly(calendars)),
      clock: () => nowOf(task),
      onVisit: (visit) => {
        reportVisit(log, round.chainId)(visit);
        count(sim, `renewal: ${visitOf(visit)}`);
        note(sim, task.name, () => visitOf(visit));
      },
    };
    renewDue(renewalDeps, round).then(
      (visits) => {
        if (surprisesIn(visits).length > 0) count(sim, 'a round of renewals that ends with an error');
        else reportRound(log, () => undefined, visits, nowOf(task));
        rounds.delete(task);
        freeze(sim, task);
      },
      (error) => {
        log.error('The round failed', error);
        note(sim, task.name, () => `failed: ${error}`);
      },
    );
    kernel.at(task.endsAt, () => die(sim, task, 'over'));
  };

  /**
   * Without nets, what is left of the renewal worker: a slot that is being created belongs to its maker for a minute, and to
   * no hint [decision 15]; where the maker has gone, only a round can take it.
   */
  const abandonedOnly = (calendars: Stores['calendars']) => ({
    calendars: {
      ...calendars,
      listDue: async (...shard: Parameters<Stores['calendars']['listDue']>) =>
        (await calendars.listDue(...shard)).filter((key) => store.calendars.get(key)?.channel?.state === 'creating'),
    },
    queue: { send: async () => undefined },
  });

  const channelBegun = ({ id, renewAt }: ChannelSlot): void => {
    const tend = (): void => {
      const isAbandoned = [...store.calendars.values()].some(
        ({ channel }) => channel?.id === id && channel.state === 'creating',
      );
      if (!isAbandoned) return;
      runRenewal();
      kernel.after(roundEveryMs, tend);
    };
    if (!knobs.nets) kernel.at(Date.parse(renewAt) + random.between('round', second, roundEveryMs), tend);
  };

  return {
    store,
    queue,
    google,
    stream,
    begin,
    nowOf,
    syncDepsOf,
    storesOf: (task: Task): Stores => mutant.requestStores(store.of(task)),
    queueOf,
    /** What it takes to leave an account, beside the rest. */
    leavingOf: (task: Task) => ({ oauth: async () => oauthOf(task), within: withinOf(task) }),
    log,
    runRenewal,
    channelBegun,
    handled: leaving.handled,
    leftInTrouble: leaving.leftInTrouble,
    noteLeaving: leaving.noteLeaving,
    rotateKeys: webhook.rotateKeys,
    /** Between two accounts there is a moment without. */
    takesBookings: (userId: UserId): boolean =>
      [...store.calendars.values()].some((one) => one.userId === userId && one.enabled && one.role === 'bookings'),
    isIdle: (): boolean => queue.isIdle() && stream.isIdle() && rounds.size === 0,
  };
};

/** What a round of renewals has met, in a word or two. */
const visitOf = (visit: Visit): string => {
  if (visit.kind === 'passed') return `passed over, ${visit.because}`;
  return visit.kind === 'failed' ? 'failed' : `channel ${visit.channel.kind}`;
};

/** Of a handful of users, asked for thousands of times. */
const marks = new Map<UserId, string>();
const markOf = (userId: UserId): string => {
  const mark = marks.get(userId) ?? ownerMarkOf('simulation', userId);
  marks.set(userId, mark);
  return mark;
};

/** The invocation is over. Its process may be used again, and whatever it had left undone goes on then. */
const freeze = (sim: Sim, task: Task): void => {
  if (task.dead) return;
  if (sim.random.chance('thaw', 0.6)) {
    task.thawsAt = sim.kernel.now() + sim.random.between('thaw', 1_000, 400_000);
    return;
  }
  task.dead = true;
};

const sealed = (plaintext: string) => `sealed:${[...plaintext].reverse().join('')}` as Sealed;
const opened = (text: string): string => [...text.replace('sealed:', '')].reverse().join('');

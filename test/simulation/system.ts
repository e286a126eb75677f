/**
 * The system under test: the product's own code, function by function, on simulated ports. What Lambda does around it (time
 * limits, freezing, retries) is here; what the functions do is not.
 */
import { createSecretKey } from 'node:crypto';
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
import { createChannelToken, type WebhookKeys } from '../../shared/notifications/channel-token.ts';
import { readNotification } from '../../shared/notifications/read-notification.ts';
import { verifyNotification } from '../../shared/notifications/verify-notification.ts';
import { handBack } from '../../shared/queue/hand-back.ts';
import { type Hint, notificationHint } from '../../shared/queue/hint.ts';
import type { SyncQueue } from '../../shared/queue/sync-queue.ts';
import type { Visit } from '../../shared/renewal/census.ts';
import { type RenewalDeps, renewDue, surprisesIn } from '../../shared/renewal/renew-due.ts';
import { describeError } from '../../shared/runtime/describe-error.ts';
import type { TokenVault } from '../../shared/runtime/token-vault.ts';
import type { SyncDeps } from '../../shared/sync/sync-calendar.ts';
import type { Channel } from '../google/state.ts';
import type { Stores } from '../support/memory-store.ts';
import { deploymentIn } from './deployment.ts';
import { type Google, googleIn } from './google.ts';
import type { Knobs } from './knobs.ts';
import type { Client, Mutant } from './mutants.ts';
import { type Queue, queueIn } from './queue.ts';
import { type Store, storeIn, type Witness } from './store.ts';
import { type Stream, streamIn } from './stream.ts';
import { call, count, die, note, PortFailed, parked, type Sim, type Task, type TaskKind } from './tasks.ts';

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
    notified: (channel, number, state) => deliver(channel, number, state),
    isKnown: (eventId, etag) =>
      [...store.appointments.values()].some(
        ({ link, status }) => status === 'confirmed' && link?.eventId === eventId && link.observed?.etag === etag,
      ),
  });
  const stream: Stream = streamIn({ sim, read: (batch) => runStream(batch), lost: watch.unrecorded });
  let keys = webhookKeys(1);
  let tasks = 0;
  let channels = 0;

  const begin = (kind: TaskKind, name: string, onDeath: () => void): Task => {
    const startedAt = kernel.now();
    tasks += 1;
    const skewMs = Math.round((random.next('skew') - 0.5) * 2 * knobs.skewMs);
    const endsAt = startedAt + timeLimitMs[kind];
    const isOld = deployment.isOld(kind);
    return { kind, name: `${name}${tasks}`, isOld, skewMs, startedAt, endsAt, dead: false, spared: false, onDeath };
  };

  const nowOf = (task: Task) => instantAt(kernel.now() + task.skewMs);

  const queueOf = (task: Task): SyncQueue => ({
    send: (envelope) =>
      call(sim, task, { name: 'queue.send', kind: 'send' }, async () => queue.send(mutant.envelope(envelope)), {
        latencyMs: 15,
      }),
  });

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

  /**
   * Channels whose maker has never heard that they exist, those that somebody has tried to stop in vain, and those that were
   * made while their account was being left: whoever leaves it stops what was there when the request began. `graceless`: of
   * an account whose grant had died by then.
   */
  const handled = {
    unheard: new Set<string>(),
    unstopped: new Set<string>(),
    crossed: new Set<string>(),
    graceless: new Set<string>(),
  };
  /** Somebody was cut off while leaving an account, or it went without some of what there was to do. */
  const leftInTrouble = (emails: string[]): void => {
    for (const { id, email } of Object.values(google.world.state.channels))
      if (emails.includes(email)) handled.unstopped.add(id);
  };
  const watchedAt = new Map<string, number>();
  const noteLeaving = (deadAccount: string | undefined): void => {
    for (const { id, email } of Object.values(google.world.state.channels))
      if (email === deadAccount) handled.graceless.add(id);
    for (const [id, at] of watchedAt) if (kernel.now() - at < timeLimitMs.person) handled.crossed.add(id);
  };

  /** What is asked of Google about channels, and whether the answer has reached whoever asked. */
  const heeding = (client: Client): Client => ({
    ...client,
    async watch(caller, request) {
      handled.unheard.add(request.channelId);
      const answer = await client.watch(caller, request);
      watchedAt.set(request.channelId, kernel.now());
      return answer;
    },
    async stop(caller, channel) {
      handled.unstopped.add(channel.id);
      const answer = await client.stop(caller, channel);
      handled.unstopped.delete(channel.id);
      return answer;
    },
  });

  /** One hint's dependencies. */
  const syncDepsOf = (task: Task) => {
    const beneath = store.witnessed(task);
    const around = { task, google, stores: beneath, calendars: store.calendars, appointments: store.appointments };
    const stores = mutant.stores(store.of(task, mutant.witnessed(beneath, task)), around);
    return {
      ...stores,
      vault: vaultOf(task),
      oauth: oauthOf(task),
      google: heeding(mutant.google(googleCalendarOver(mutant.api(google.api(task))), around)),
      queue: queueOf(task),
      webhookAddress: 'https://calendar.example.com/api/v2/webhooks/google-calendar',
      channelToken: ({ key, connectGeneration }: Calendar, channelId: ChannelId, expiresAt: Instant) =>
        createChannelToken(keys, channelId, { calendarKey: key, connectGeneration, expiresAt }),
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
    const task = begin('renewal', 'renewal', () => undefined);
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

  /** Google's message, on its way to the webhook. */
  const deliver = (channel: Channel, number: number, state: 'sync' | 'exists'): void => {
    const fault = sim.faults.at('google.notification', 'notification');
    if (fault !== undefined) {
      count(sim, `fault notification ${fault}`);
      note(sim, 'google', () => `⚡ notification ${channel.id}:${number} ${fault}`);
    }
    const wait = random.between('delivery', 20, 700);
    const post = (after: number, messageNumber = number) =>
      kernel.after(after, () => receive({ channel, number: messageNumber, state, attempt: 1 }));
    if (fault === 'lost') return;
    if (fault === 'twice') post(wait + random.between('delivery', 100, 3_000));
    if (fault === 'again-as-new') post(wait + random.between('delivery', 0, 400), number + 100_000);
    if (fault === 'late') post(random.between('late', 2_000, 60_000));
    else if (fault === 'very-late') post(random.between('late', minute, 120 * minute));
    else post(wait);
  };

  type Post = { channel: Channel; number: number; state: 'sync' | 'exists'; attempt: number };

  /** The webhook: verify, enqueue, answer. Google repeats what is answered with a 5xx, or not at all. */
  const receive = (post: Post): void => {
    const { channel, number, state, attempt } = post;
    const again = (): void => {
      if (attempt < 6) kernel.after(1_000 * 2 ** attempt, () => receive({ ...post, attempt: attempt + 1 }));
      else count(sim, 'a notification that Google has given up');
    };
    const task = begin('receiver', 'webhook', again);
    task.spared = !knobs.nets && attempt >= 4;
    const notification = readNotification({
      'x-goog-channel-id': channel.id,
      'x-goog-channel-token': channel.token,
      'x-goog-message-number': String(number),
      'x-goog-resource-id': channel.resourceId,
      'x-goog-resource-state': state,
    });
    if (notification === undefined)
      return void sim.violations.push(`[R6] a notification of ${channel.id} cannot be read`);
    const verdict = verifyNotification(notification, keys, nowOf(task));
    if (verdict.kind === 'rejected') {
      count(sim, `a notification that was rejected: ${verdict.reason}`);
      if (verdict.reason !== 'expired')
        sim.violations.push(`[R6] a genuine notification was taken for ${verdict.reason}`);
      return;
    }
    strangers(notification);
    queueOf(task)
      .send(notificationHint(verdict))
      .then(
        () => undefined,
        () => {
          if (!task.dead) again();
        },
      );
  };

  /** [R15] The same message with another channel, another calendar, another signature: nothing of it may pass. */
  const strangers = (genuine: NonNullable<ReturnType<typeof readNotification>>): void => {
    if (random.next('stranger') > 0.05) return;
    const { token } = genuine;
    const place = random.between('stranger', 3, token.length - 1);
    const other = token[place] === 'A' ? 'B' : 'A';
    const forged = [
      { ...genuine, channelId: `${genuine.channelId}0` },
      { ...genuine, token: token.slice(0, place) + other + token.slice(place + 1) },
    ];
    for (const one of forged) {
      count(sim, 'a forged notification');
      const verdict = verifyNotification(one, keys, instantAt(kernel.now()));
      if (verdict.kind !== 'rejected') watch.fooled(JSON.stringify(one));
    }
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
    handled,
    leftInTrouble,
    noteLeaving,
    /** A new key signs from now on, and the old one is still accepted. */
    rotateKeys: (): void => {
      keys = {
        active: `k${keys.keys.size + 1}`,
        keys: new Map([...keys.keys, ...webhookKeys(keys.keys.size + 1).keys]),
      };
    },
    /** Between two accounts there is a moment without. */
    takesBookings: (userId: UserId): boolean =>
      [...store.calendars.values()].some((one) => one.userId === userId && one.enabled && one.role === 'bookings'),
    isIdle: (): boolean => queue.isIdle() && stream.isIdle(),
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

const webhookKeys = (nth: number): WebhookKeys => ({
  active: `k${nth}`,
  keys: new Map([[`k${nth}`, createSecretKey(Buffer.alloc(32, nth))]]),
});

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

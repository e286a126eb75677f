/** The webhook: the notification on its way, its verification, the queue; and strangers who try the same. */
import { createSecretKey } from 'node:crypto';
import { instantAt, minute } from '../../shared/domain/instant.ts';
import type { WebhookKeys } from '../../shared/notifications/channel-token.ts';
import { readNotification } from '../../shared/notifications/read-notification.ts';
import { verifyNotification } from '../../shared/notifications/verify-notification.ts';
import { notificationHint } from '../../shared/queue/hint.ts';
import type { SyncQueue } from '../../shared/queue/sync-queue.ts';
import type { Channel } from '../google/state.ts';
import type { Knobs } from './knobs.ts';
import type { Begin, NowOf } from './system.ts';
import { count, note, type Sim, type Task } from './tasks.ts';

type Setting = {
  sim: Sim;
  knobs: Pick<Knobs, 'nets'>;
  begin: Begin;
  nowOf: NowOf;
  queueOf(task: Task): SyncQueue;
  /** A stranger's message has led to something. */
  fooled(what: string): void;
};

type Post = { channel: Channel; number: number; state: 'sync' | 'exists'; attempt: number };

export const webhookIn = ({ sim, knobs, begin, nowOf, queueOf, fooled }: Setting) => {
  const { kernel, random } = sim;
  let keys = webhookKeys(1);

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

  /** Verify, enqueue, answer. Google repeats what is answered with a 5xx, or not at all. */
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
      if (verdict.kind !== 'rejected') fooled(JSON.stringify(one));
    }
  };

  return {
    deliver,
    keys: (): WebhookKeys => keys,
    /** A new key signs from now on, and the old one is still accepted. */
    rotateKeys: (): void => {
      keys = {
        active: `k${keys.keys.size + 1}`,
        keys: new Map([...keys.keys, ...webhookKeys(keys.keys.size + 1).keys]),
      };
    },
  };
};

const webhookKeys = (nth: number): WebhookKeys => ({
  active: `k${nth}`,
  keys: new Map([[`k${nth}`, createSecretKey(Buffer.alloc(32, nth))]]),
});

/**
 * Push delivery: a POST without body for every change, to every live channel of the calendar;
 * growing message numbers with gaps, further attempts after 500, 502, 503 and 504 only.
 * Not published and decided here: no further attempt when nothing answers; five further attempts at most by default.
 * https://developers.google.com/workspace/calendar/api/guides/push
 */
import { isLive } from './channels.ts';
import { type Message, type Outcome, post } from './deliver.ts';
import type { Channel } from './state.ts';
import { maxLogEntries, type World } from './world.ts';

export type PushFault = { channelId?: string; times?: number } & (
  | { kind: 'drop' | 'duplicate' }
  | { kind: 'delay'; ms: number }
  /** Held back until the next message of the channel has been delivered. */
  | { kind: 'reorder' }
);

export type Delivery = {
  at: number;
  channelId: string;
  messageNumber: number;
  state: 'sync' | 'exists';
  address: string;
  attempt: number;
  outcome: Outcome;
};

const retried = new Set<unknown>([500, 502, 503, 504]);

export type Push = ReturnType<typeof createPush>;

export function createPush() {
  const faults: PushFault[] = [];
  const log: Delivery[] = [];
  const held: Message[] = [];
  const timers = new Set<NodeJS.Timeout>();
  const stopping = new AbortController();

  /** Tells every live channel of the calendar. */
  function notify(world: World, calendarId: string): void {
    for (const channel of Object.values(world.state.channels)) {
      if (channel.calendarId === calendarId && isLive(world, channel)) void send(world, channel, 'exists');
    }
  }

  /** Resolves when the first attempt has been answered. */
  async function send(world: World, channel: Channel, state: Message['state']): Promise<void> {
    channel.messageNumber += state === 'sync' ? 1 : 1 + ((channel.messageNumber * 7) % 5);
    const message: Message = { channel, number: channel.messageNumber, state };
    const fault = takeFault(channel.id);
    if (fault?.kind === 'drop') return note(world, message, 1, 'dropped');
    if (fault?.kind === 'reorder') return void held.push(message);
    if (fault?.kind === 'delay') return later(fault.ms, () => deliver(world, message, 1));
    if (fault?.kind === 'duplicate') await deliver(world, message, 1);
    await deliver(world, message, 1);
    for (const late of held.filter((other) => other.channel.id === channel.id)) {
      held.splice(held.indexOf(late), 1);
      await deliver(world, late, 1);
    }
  }

  function takeFault(channelId: string): PushFault | undefined {
    const fault = faults.find((candidate) => (candidate.channelId ?? channelId) === channelId);
    if (!fault) return undefined;
    fault.times = (fault.times ?? 1) - 1;
    if (fault.times === 0) faults.splice(faults.indexOf(fault), 1);
    return fault;
  }

  async function deliver(world: World, message: Message, attempt: number): Promise<void> {
    const outcome = await post(message, stopping.signal);
    if (stopping.signal.aborted) return;
    note(world, message, attempt, outcome);
    const wait = world.settings.pushRetryDelaysMs[attempt - 1];
    if (retried.has(outcome) && wait !== undefined) later(wait, () => deliver(world, message, attempt + 1));
  }

  function later(ms: number, action: () => Promise<void>): void {
    const timer = setTimeout(() => {
      timers.delete(timer);
      void action();
    }, ms);
    timers.add(timer);
  }

  function note(world: World, { channel, number, state }: Message, attempt: number, outcome: Outcome): void {
    const { id: channelId, address } = channel;
    log.push({ at: world.now(), channelId, messageNumber: number, state, address, attempt, outcome });
    if (log.length > maxLogEntries) log.shift();
  }

  function stop(): void {
    stopping.abort();
    for (const timer of timers) clearTimeout(timer);
  }

  return { faults, log, notify, send, stop };
}

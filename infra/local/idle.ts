/** Waits until nothing moves any more: queues empty, no function running, streams read to their end. */
import { setTimeout as delay } from 'node:timers/promises';
import type { LocalFunction } from './functions/function.ts';
import type { EventSources } from './sources/event-sources.ts';

const pollMs = 10;

/** Quiet counts only once every stream was looked at after it set in: a stream's records are work that no one counts. */
export async function waitUntilIdle(
  functions: LocalFunction[],
  sources: EventSources,
  timeoutMs: number,
): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  let quiet: { since: number; begun: number } | undefined;
  for (;;) {
    const looks = sources.streams.map((stream) => stream.emptyLookBeganAt());
    const pending = await pendingWork(functions, sources);
    const begun = functions.reduce((total, fn) => total + fn.begun(), 0);
    const isQuiet = Object.values(pending).every((count) => count === 0);
    const { since } = quiet?.begun === begun ? quiet : { since: performance.now() };
    if (isQuiet && looks.every((at) => at >= since)) return;
    quiet = isQuiet ? { since, begun } : undefined;
    if (performance.now() > deadline) throw new Error(`not idle after ${timeoutMs} ms: ${JSON.stringify(pending)}`);
    await delay(pollMs);
  }
}

/** Messages on each queue that has a consumer, and invocations of each function. */
async function pendingWork(functions: LocalFunction[], { queues }: EventSources): Promise<Record<string, number>> {
  const depths = await Promise.all(queues.map(async ({ queue }) => [queue.name, await queue.depth()] as const));
  const waiting = depths.map(([name, { visible, inFlight, delayed }]) => [name, visible + inFlight + delayed]);
  return Object.fromEntries([...waiting, ...functions.map((fn) => [fn.name, fn.running()])]);
}

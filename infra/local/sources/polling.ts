/** The endless loop of an event source: step after step until it is stopped; an error is reported and does not end it. */
import { setTimeout as delay } from 'node:timers/promises';

export type Polling = { stop: () => Promise<void> };

const errorPauseMs = 200;

export function startPolling(
  step: (stopping: AbortSignal) => Promise<void>,
  onProblem: (problem: string) => void,
): Polling {
  const stopping = new AbortController();

  async function poll(): Promise<void> {
    while (!stopping.signal.aborted) {
      await step(stopping.signal).catch(async (error: unknown) => {
        if (stopping.signal.aborted) return;
        onProblem(String(error));
        await delay(errorPauseMs);
      });
    }
  }

  const polling = poll();
  return {
    stop: async () => {
      stopping.abort();
      await polling;
    },
  };
}

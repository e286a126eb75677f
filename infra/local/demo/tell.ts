/** Steps of a story about the running system: each is done, waited for, and timed from before it was begun. */
import { setTimeout as delay } from 'node:timers/promises';

export type Step = {
  story: string;
  act: () => Promise<unknown>;
  /** Whether what the step is about can be seen from outside. */
  shows: () => Promise<boolean>;
};

const pollMs = 25;

/** Throws at the first step that does not show in time. */
export async function tell(steps: Step[], say: (line: string) => void, stepTimeoutMs = 5_000): Promise<void> {
  for (const step of steps) {
    const ms = await timeStep(step, stepTimeoutMs);
    say(`✓ ${step.story.padEnd(56)}${Math.round(ms)} ms`);
  }
}

/** How long it took until it showed. The clock starts before the act: Google notifies while it still answers. */
export async function timeStep({ story, act, shows }: Step, timeoutMs: number): Promise<number> {
  const startedAt = performance.now();
  await act();
  while (!(await shows())) {
    if (performance.now() - startedAt > timeoutMs) throw new Error(`✗ ${story}: not within ${timeoutMs} ms`);
    await delay(pollMs);
  }
  return performance.now() - startedAt;
}

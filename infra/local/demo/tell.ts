/** Steps of a story about the running system: each is done, waited for, and timed from before it was begun. */
import { setTimeout as delay } from 'node:timers/promises';

export type Step = {
  story: string;
  /** What is waited for before the clock starts. */
  prepare?: () => Promise<unknown>;
  act: () => Promise<unknown>;
  /** Whether what the step is about can be seen from outside. */
  shows: () => Promise<boolean>;
  /** What there is to say of it afterwards. */
  note?: () => string;
};

const pollMs = 25;

/** A change that comes sooner after the last sync waits for the rest of it; a story tells of changes on their own. */
export const coolDownMs = 1_250;

/** Throws at the first step that does not show in time. */
export async function tell(steps: Step[], say: (line: string) => void, stepTimeoutMs = 5_000): Promise<void> {
  for (const step of steps) {
    await delay(coolDownMs);
    await step.prepare?.();
    const ms = await timeStep(step, stepTimeoutMs);
    const note = step.note === undefined ? '' : `, ${step.note()}`;
    say(`✓ ${step.story.padEnd(86)}${Math.round(ms)} ms${note}`);
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

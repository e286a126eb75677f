/**
 * One invocation of a function, and its calls of ports. Each call parks it for a while, which is when others run and when
 * faults strike: before the effect, after it, with the process dying, or so late that the invocation is long over.
 */
import { Superseded } from '../../shared/domain/errors.ts';
import type { Faults, PortKind } from './faults.ts';
import type { Kernel } from './kernel.ts';
import type { Randomness } from './randomness.ts';

export type TaskKind = 'consumer' | 'stream' | 'renewal' | 'receiver' | 'person';

export type Task = {
  kind: TaskKind;
  name: string;
  /** Of the version before the one that is being deployed. */
  isOld: boolean;
  skewMs: number;
  startedAt: number;
  endsAt: number;
  /** Its process has gone: whatever it still waits for never comes. */
  dead: boolean;
  /** Frozen since its invocation ended; it goes on when its process is used again. */
  thawsAt?: number;
  /** No more faults: where the safety nets are off, it must come through at last. */
  spared: boolean;
  /** Called once when the process dies. */
  onDeath: () => void;
};

/** `hash`: of every call and whether it came off, in order; `isThorough`: of what was answered as well. */
type Trace = { isOn: boolean; isThorough: boolean; lines: string[]; hash: number };

export type Sim = {
  kernel: Kernel;
  random: Randomness;
  faults: Faults;
  trace: Trace;
  /** What went wrong with the system under test, as it was seen. */
  violations: string[];
  /** Rare branches that were taken. */
  counts: Map<string, number>;
};

export const count = ({ counts }: Pick<Sim, 'counts'>, what: string, times = 1): void =>
  void counts.set(what, (counts.get(what) ?? 0) + times);

export const note = ({ trace, kernel }: Pick<Sim, 'trace' | 'kernel'>, who: string, what: () => string): void => {
  if (!trace.isOn) return;
  const text = `${clockOf(kernel.now())} ${who.padEnd(14)} ${what()}`;
  trace.lines.push(text);
};

/** Two runs of one seed leave the same mark, or something other than the seed has had its say. */
const mark = ({ trace, kernel }: Pick<Sim, 'trace' | 'kernel'>, what: string): void => {
  let { hash } = trace;
  for (let index = 0; index < what.length; index++) hash = Math.imul(hash ^ what.charCodeAt(index), 0x01000193);
  trace.hash = Math.imul(hash ^ (kernel.now() % 2 ** 31), 0x01000193);
};

const clockOf = (ms: number): string => new Date(ms).toISOString().slice(8, 23).replace('T', ' ');

export class PortFailed extends Error {
  override readonly name = 'PortFailed';
}

/** How a port turns a fault into an answer; the general ones are dealt with here. */
type Answering<T> = {
  latencyMs: number;
  /** What is answered instead of the effect or after it; throws, as a rule. `spare`: here the fault changes nothing. */
  instead?: (fault: string, effect: () => Promise<T>, spare: () => void) => Promise<T>;
};

export const call = <T>(
  sim: Sim,
  task: Task,
  port: { name: string; kind: PortKind },
  effect: () => Promise<T>,
  { latencyMs, instead }: Answering<T>,
): Promise<T> => {
  const { random, faults } = sim;
  if (task.dead) return never();
  const point = `${task.kind}.${port.name}`;
  const fault = task.spared ? undefined : faults.at(point, port.kind);
  const spare = (): void => count(sim, `fault ${port.kind} ${fault}`, -1);
  const wait = latencyMs * (0.5 + random.next('latency'));
  return new Promise<T>((resolve, reject) => {
    const settle = (outcome: Promise<T>) =>
      outcome.then(
        (value) => {
          mark(sim, point);
          if (sim.trace.isThorough) mark(sim, inFull(value));
          note(sim, task.name, () => `${port.name} → ${brief(value)}${fault ? `   ⚡ ${fault}` : ''}`);
          resolve(value);
        },
        (error) => {
          mark(sim, `${point}!`);
          if (sim.trace.isThorough) mark(sim, String(error));
          if (fault === undefined && error instanceof Superseded) count(sim, 'a fence that was lost');
          note(sim, task.name, () => `${port.name} ✗ ${error}${fault ? `   ⚡ ${fault}` : ''}`);
          reject(error);
        },
      );
    const go = (): void => {
      if (fault !== undefined) count(sim, `fault ${port.kind} ${fault}`);
      switch (fault) {
        case undefined:
          return void settle(effect());
        case 'crash-before':
          die(sim, task, `${port.name} ⚡ crash before`);
          return;
        case 'crash-after':
          effect().then(
            () => undefined,
            () => undefined,
          );
          die(sim, task, `${port.name} ⚡ crash after`);
          return;
        case 'slow':
          parked(sim, task, slownessMs(random), () => void settle(effect()));
          return;
        case 'slow-answer': {
          const done = effect();
          done.catch(() => undefined);
          parked(sim, task, slownessMs(random), () => void settle(done));
          return;
        }
        case 'before':
          return void settle(Promise.reject(new PortFailed(`${port.name} is out of reach`)));
        default:
          if (instead !== undefined) return void settle(instead(fault, effect, spare));
          return void settle(
            effect().then(() => {
              throw new PortFailed(`No answer from ${port.name}`);
            }),
          );
      }
    };
    parked(sim, task, wait, go);
  });
};

/** From a little slow to slower than any invocation may be. */
const slownessMs = (random: Randomness): number => 500 * 2 ** random.between('slowness', 0, 9);

/** Goes on later, unless its process has gone by then, and when it is frozen, once it thaws. */
export const parked = ({ kernel }: Pick<Sim, 'kernel'>, task: Task, ms: number, act: () => void): void => {
  const go = (): void => {
    if (task.dead) return;
    if (task.thawsAt !== undefined && kernel.now() < task.thawsAt) kernel.at(task.thawsAt, go);
    else act();
  };
  kernel.after(ms, go);
};

export const die = (sim: Sim, task: Task, why: string): void => {
  if (task.dead) return;
  note(sim, task.name, () => `${why}: the process is gone`);
  task.dead = true;
  task.onDeath();
};

export const never = <T>(): Promise<T> => new Promise<T>(() => undefined);

const inFull = (value: unknown): string => {
  if (value === undefined) return 'done';
  if (value instanceof Set || value instanceof Map) return JSON.stringify([...value]);
  return JSON.stringify(value) ?? String(value);
};

const brief = (value: unknown): string => {
  const text = inFull(value);
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
};

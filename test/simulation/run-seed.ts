/** One seed, from the first consent to the last check: safety, quiescence, rest. */

import { hour, minute, second } from '../../shared/domain/instant.ts';
import { accountsOf, emailOf, shopOf } from './accounts.ts';
import { checkChannels } from './channels.ts';
import { type Faults, faultsOf } from './faults.ts';
import { kernelAt, OutOfSteps } from './kernel.ts';
import { type Knobs, knobsOf } from './knobs.ts';
import { openLedger } from './ledger.ts';
import { type Mutant, noMutant } from './mutants.ts';
import { type Operation, operationsOf } from './operations.ts';
import type { Oracle } from './oracle.ts';
import { oracleOf, type Scene } from './oracle.ts';
import { peopleIn } from './people.ts';
import { randomnessOf } from './randomness.ts';
import { roundEveryMs, systemIn } from './system.ts';
import { count, type Sim } from './tasks.ts';

/** All that a run is made of; what else is drawn is drawn by the seed. */
export type Plan = { knobs: Knobs; operations: Operation[]; faults: Record<string, string> };

export type Options = {
  seed: number;
  mutant?: Mutant;
  plan?: Plan;
  trace?: boolean;
  /** What is answered counts for the hash as well. */
  isThorough?: boolean;
};

export type Outcome = {
  seed: number;
  violations: string[];
  steps: number;
  counts: Map<string, number>;
  /** What it takes to repeat it as a plan. */
  plan: Plan;
  trace: string[];
  hash: number;
  /** How often each place where something can go wrong was passed. */
  passed: Faults['passed'];
};

const startMs = Date.parse('2026-03-02T12:00:00Z');
const safetyBudget = 60_000;
const settlingBudget = 60_000;

export const runSeed = async ({ seed, mutant = noMutant, plan, ...how }: Options): Promise<Outcome> => {
  const random = randomnessOf(seed);
  const knobs = plan?.knobs ?? knobsOf(random);
  const kernel = kernelAt(startMs);
  const faults = faultsOf({
    random,
    nets: knobs.nets,
    isListingLethal: () => knobs.lethal && kernel.now() > startMs + minute,
    plan: plan && new Map(Object.entries(plan.faults)),
  });
  const sim: Sim = {
    kernel,
    random,
    faults,
    trace: { isOn: how.trace ?? false, isThorough: how.isThorough ?? false, lines: [], hash: 0 },
    violations: [],
    counts: new Map(),
  };
  const ledger = openLedger();
  const scene: Scene = {};
  const accounts = accountsOf(knobs, kernel);
  const oracle = oracleOf({ sim, ledger, accounts, knobs }, scene);
  const system = systemIn({ sim, knobs, witness: oracle.witness, watch: oracle.watch, mutant });
  const people = peopleIn({ sim, knobs, system, ledger, accounts });
  Object.assign(scene, { system, people });
  system.google.hooks.called = ({ operation, email, calendarId, isFirstPage, task }) => {
    if (operation === 'events.list' && isFirstPage) oracle.watch.listed(task, calendarId);
    if (operation !== 'channels.stop') oracle.checkCall(email, task);
  };
  system.google.hooks.stopping = (id, task) => oracle.checkStop(id, task);
  system.google.hooks.written = oracle.eventWritten;

  const operations = plan?.operations ?? operationsOf(random, knobs);
  const surprised = (error: unknown): void => {
    sim.violations.push(`[HARNESS] ${error instanceof Error ? error.stack : error}`);
  };
  process.on('unhandledRejection', surprised); // Within this seed: nothing is left that could settle once it is over.
  try {
    await live({ sim, knobs, system, people, oracle, mutant, operations });
  } catch (error) {
    if (error instanceof OutOfSteps) oracle.fail('R11', error.message);
    else surprised(error);
  } finally {
    process.off('unhandledRejection', surprised);
  }
  return {
    seed,
    violations: sim.violations,
    steps: kernel.steps(),
    counts: sim.counts,
    plan: { knobs, operations, faults: Object.fromEntries(faults.fired) },
    trace: sim.trace.lines,
    hash: sim.trace.hash,
    passed: faults.passed,
  };
};

const isAnythingLeft = ({ store, queue, isIdle }: ReturnType<typeof systemIn>, nowMs: number): boolean =>
  !isIdle() ||
  queue.dead.length > 0 ||
  [...store.appointments.values()].some(
    ({ sync }) => sync.state === 'pending' && store.calendars.get(sync.target.calendarKey)?.enabled,
  ) ||
  [...store.calendars.values()].some(
    ({ trouble, checkpoint, writesPausedUntil, channel }) =>
      trouble !== undefined ||
      checkpoint !== undefined ||
      Date.parse(writesPausedUntil ?? '1970-01-01') > nowMs ||
      channel?.unsettled,
  );

/** Twelve tries, six minutes apart. */
const lethalMs = 90 * minute;

type Life = {
  sim: Sim;
  knobs: ReturnType<typeof knobsOf>;
  system: ReturnType<typeof systemIn>;
  people: ReturnType<typeof peopleIn>;
  oracle: Oracle;
  mutant: Mutant;
  operations: Operation[];
};

const live = async ({ sim, knobs, system, people, oracle, mutant, operations }: Life): Promise<void> => {
  const { kernel } = sim;
  const { google, store, queue } = system;
  for (let user = 0; user < knobs.users; user++) {
    google.control.createAccount({
      email: emailOf(user),
      calendars: [
        { primary: true, timeZone: knobs.timeZone },
        ...(knobs.calendars > 1 ? [{ id: shopOf(user), summary: 'Shop', timeZone: knobs.timeZone }] : []),
      ],
    });
    people.consent(user);
  }
  if (knobs.nets && mutant.sweeps) {
    const tick = (): void => {
      const isDue = [...store.due.values()].some((at) => Date.parse(at) <= kernel.now() + 2 * second);
      if (isDue) system.runRenewal();
      kernel.after(roundEveryMs, tick);
    };
    kernel.after(roundEveryMs, tick);
  }
  if (knobs.detailed) for (let user = 0; user < knobs.users; user++) kernel.after(2_000, () => people.share(user));
  if (knobs.crowd > 0) {
    people.fillUp(knobs.crowd);
    kernel.after(sim.random.between('clear', 30_000, 10 * minute), () => people.clear());
  }
  if (knobs.poisoned) kernel.after(20_000, () => people.revokeGrant(knobs.users - 1));
  for (const operation of operations) kernel.after(operation.at, () => people.perform(operation));

  const endOf = (ms: number): (() => boolean) => {
    const at = kernel.now() + ms;
    let isOver = false;
    kernel.at(at, () => {
      isOver = true;
    });
    return () => isOver;
  };

  /** A round of renewals may just have begun, or have to come. */
  const atRest = (isSo: () => boolean): Promise<void> => {
    const isOver = endOf(15 * minute);
    return kernel.run(settlingBudget, () => isSo() || isOver());
  };

  const lastMs = operations.at(-1)?.at ?? 0;
  if (knobs.decisive) {
    for (const operation of decisions(sim.random, lastMs)) kernel.after(operation.at, () => people.perform(operation));
  }
  await kernel.run(safetyBudget, endOf(knobs.lethal ? Math.max(lastMs, lethalMs) : lastMs + 2 * minute));

  // Faults stop; whatever is under way, hidden or late comes in.
  sim.faults.stop();
  if (knobs.nets) {
    // Each calendar is swept once at least; what was put off for hours takes as long.
    for (let round = 1; round === 1 || (round <= 6 && isAnythingLeft(system, kernel.now())); round++) {
      await kernel.run(settlingBudget, endOf(round === 1 ? 95 * minute : 2 * hour));
      if (queue.dead.length === 0) continue;
      count(sim, 'a redrive');
      queue.redrive();
    }
    await atRest(system.isIdle);
  } else {
    await kernel.run(settlingBudget, () => false); // Until nothing is left to happen.
  }

  const users = Array.from({ length: knobs.users }, (_, user) => user);
  const converging = knobs.poisoned ? users.filter((user) => user !== knobs.users - 1) : users;
  oracle.settled(converging);
  if (!system.isIdle()) oracle.fail('R11', 'the system does not come to rest');

  // Nothing to do: asked once more, it writes nothing.
  const writes = google.writes.length;
  const saves = oracle.appointmentWrites();
  for (const calendar of store.calendars.values()) {
    queue.send({
      hint: { calendarKey: calendar.key, chainId: calendar.key as never, reason: 'sweep' },
      deduplicationId: `rest-${calendar.key}`,
    });
  }
  await kernel.run(settlingBudget, endOf(10 * minute));
  if (google.writes.length > writes) oracle.fail('R4', 'Google is written to, though nothing has changed');
  if (oracle.appointmentWrites() > saves) oracle.fail('R4', 'an appointment is written, though nothing has changed');

  // Whatever still watches says so, and whatever should not is stopped.
  for (const user of users) for (const calendarId of people.calendarsOf(user)) people.probe(calendarId);
  await kernel.run(settlingBudget, endOf(10 * minute));
  await atRest(() => !isRenewing(system));
  await atRest(system.isIdle);
  checkChannels({ sim, system }, converging, oracle.fail);
};

/** After everything else that people do, while faults are still on. */
const decisions = (random: Sim['random'], afterMs: number): Operation[] =>
  (['decide', 'decide', 'undo', 'decide'] as const).map((kind, index) => {
    const pick = random.at('decision', index);
    return { nth: 60 + index, at: afterMs + (index + 1) * 20 * second, kind, user: 0, pick, hot: false };
  });

const isRenewing = ({ store }: Life['system']): boolean =>
  [...store.calendars.values()].some(({ channel }) => channel?.state === 'creating' || channel?.unsettled);

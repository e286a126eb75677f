/**
 * The local stack with what CloudWatch would see of it. Our own metrics are the lines that the deployed bundles write. What
 * AWS measures by itself stands in for: it is read off the local stack, which does what AWS would do, and each place says how.
 */
import type { readAlarm, Sample } from './alarm-evaluator.ts';
import { openWire, type Wire } from './cut-wire.ts';
import { samplesIn } from './emf.ts';
import { startTestSession, type TestSession } from './local-session.ts';

export type WatchedSession = TestSession & {
  /** What our functions have emitted while `act` ran. */
  emittedBy(act: () => Promise<unknown>): Promise<Sample[]>;
  /** How often an invocation of this function has ended in an error: Lambda's `Errors`. */
  errorsOf(functionName: string): number;
  /** From the receiver to the queue, and from others to the table. */
  wires: { receiverToQueue: Wire; readerToTable: Wire; workerToTable: Wire; serverToTable: Wire };
};

export const startWatchedSession = async (): Promise<WatchedSession> => {
  const emitted: Sample[] = [];
  const errors = new Map<string, number>();
  const wires = {
    receiverToQueue: await openWire(),
    readerToTable: await openWire(),
    workerToTable: await openWire(),
    serverToTable: await openWire(),
  };
  const toTable = new Map([
    ['change-stream', wires.readerToTable],
    ['renewal-worker', wires.workerToTable],
    ['management-api', wires.serverToTable],
  ]);
  const session = await startTestSession({
    visibilityTimeoutSeconds: 1,
    onLog: (name, line) => {
      emitted.push(...samplesIn(line));
      if (line.startsWith('ERROR Invoke Error')) errors.set(name, (errors.get(name) ?? 0) + 1);
    },
    interpose: (name, endpoints) => {
      if (name === 'webhook-receiver') return { ...endpoints, sqs: led(wires.receiverToQueue, endpoints.sqs) };
      const wire = toTable.get(name);
      return wire === undefined ? endpoints : { ...endpoints, dynamodb: led(wire, endpoints.dynamodb) };
    },
  });
  return {
    ...session,
    wires,
    emittedBy: async (act) => {
      const before = emitted.length;
      await act();
      return emitted.slice(before);
    },
    errorsOf: (name) => errors.get(name) ?? 0,
    stop: async () => {
      await session.stop();
      await Promise.all(Object.values(wires).map((wire) => wire.stop()));
    },
  };
};

const led = (wire: Wire, target: string): string => {
  wire.aim(target);
  return wire.address;
};

/** A value that AWS would have measured; its dimensions name resources by their place in the construct tree. */
export const measured = (
  namespace: string,
  name: string,
  dimensions: Record<string, string>,
  ...values: number[]
): Sample[] => values.map((value) => ({ metric: { namespace, name, dimensions }, at: Date.now(), value }));

type Alarm = ReturnType<typeof readAlarm>;

/**
 * The same going on: what was seen within some seconds, in each of so many periods of the alarm. A test cannot wait for
 * three quarters of an hour; that things stay as they are is all that is added.
 */
export const goingOn = ({ periodMs }: Alarm, samples: Sample[], periods: number): Sample[] =>
  Array.from({ length: periods }, (_, period) =>
    samples.map((sample) => ({ ...sample, at: period * periodMs + periodMs / 2 })),
  ).flat();

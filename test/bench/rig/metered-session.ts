/** The local stack with every call of its functions metered, and the log lines that they write. */
import { functionNames } from '../../../infra/build.ts';
import { startTestSession, type TestSession } from '../../support/local-session.ts';
import { type Call, type Meter, openMeter } from './meter.ts';

export type LogLine = { from: string; line: string };

export type MeteredSession = TestSession & {
  meter: Meter;
  /** What was logged since the last time. */
  takeLogs: () => LogLine[];
  /** Everything that this act sets off, until all is quiet. */
  during: (act: () => unknown) => Promise<{ calls: Call[]; logs: LogLine[] }>;
};

const metered = ['dynamodb', 'sqs'] as const;

export const startMeteredSession = async (): Promise<MeteredSession> => {
  const names = functionNames.flatMap((from) => metered.map((service) => ({ from, service })));
  const meter = await openMeter(names);
  const logs: LogLine[] = [];
  const session = await startTestSession({
    interpose: (name, endpoints) => {
      const through = (service: (typeof metered)[number]) => {
        const { address, aim } = meter.wire(name, service);
        aim(endpoints[service]);
        return address;
      };
      return { ...endpoints, dynamodb: through('dynamodb'), sqs: through('sqs') };
    },
    onLog: (from, line) => void logs.push({ from, line }),
  });
  const takeLogs = () => logs.splice(0);
  return {
    ...session,
    meter,
    takeLogs,
    async during(act) {
      await session.stack.idle();
      meter.take();
      takeLogs();
      await act();
      await session.stack.idle();
      return { calls: meter.take(), logs: takeLogs() };
    },
    async stop() {
      await session.stop();
      await meter.stop();
    },
  };
};

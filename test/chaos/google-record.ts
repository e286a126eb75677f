/** What Google was asked and what it has sent: taken out of the stand-in's logs before those forget the oldest. */
import type { Delivery } from '../google/push.ts';
import type { Google } from '../google/server.ts';
import type { LogEntry } from '../google/world.ts';

export type GoogleRecord = {
  requests: LogEntry[];
  deliveries: Delivery[];
  /** Takes what is left. */
  stop(): void;
};

const everyMs = 100;

export const recordGoogle = ({ control }: Google): GoogleRecord => {
  const requests: LogEntry[] = [];
  const deliveries: Delivery[] = [];
  /** A request that is not answered yet gets its status in the entry that is kept here. */
  const take = () => {
    requests.push(...control.requests());
    deliveries.push(...control.deliveries());
    control.clearLogs();
  };
  control.clearLogs();
  const taking = setInterval(take, everyMs).unref();
  return {
    requests,
    deliveries,
    stop: () => {
      clearInterval(taking);
      take();
    },
  };
};

/** Numbers of a run, and how they are shown. */
export type Percentiles = { count: number; p50: number; p95: number; p99: number; max: number };

export const percentilesOf = (values: number[]): Percentiles => {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => Math.round(sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0);
  return { count: sorted.length, p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) };
};

export const showPercentiles = ({ count, p50, p95, p99, max }: Percentiles): string =>
  `p50 ${showMs(p50)}, p95 ${showMs(p95)}, p99 ${showMs(p99)}, max ${showMs(max)} (${showCount(count)})`;

export const showMs = (ms: number): string => (ms < 10_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`);
export const showCount = (count: number): string => Math.round(count).toLocaleString('en-US');
export const showParts = (parts: Record<string, number>): string =>
  Object.entries(parts)
    .map(([name, count]) => `${name} ${showCount(count)}`)
    .join(', ') || 'none';

/** The most memory that this process has held: the stack's servers, all workers and the load are in it. */
export const watchMemory = (): { stop(): { rssMb: number; heapMb: number } } => {
  const most = { rssMb: 0, heapMb: 0 };
  const look = () => {
    const { rss, heapUsed } = process.memoryUsage();
    most.rssMb = Math.max(most.rssMb, rss / 2 ** 20);
    most.heapMb = Math.max(most.heapMb, heapUsed / 2 ** 20);
  };
  const looking = setInterval(look, 1_000).unref();
  return {
    stop: () => {
      clearInterval(looking);
      look();
      return most;
    },
  };
};

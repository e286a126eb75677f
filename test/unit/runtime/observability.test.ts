/** What CloudWatch is given of a function: metrics in its embedded format, and lines of JSON. */
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { createEmitter, type Emit, type MetricName, metricUnits } from '../../../shared/runtime/observability.ts';
import { linesOf } from '../../support/captured-output.ts';

beforeEach(() => {
  vi.stubEnv('POWERTOOLS_METRICS_NAMESPACE', 'BookedBarber/CalendarSync');
  return () => vi.unstubAllEnvs();
});

type Emf = Record<string, unknown> & {
  _aws: {
    CloudWatchMetrics: { Namespace: string; Dimensions: string[][]; Metrics: { Name: string; Unit: string }[] }[];
  };
};

const emitted = async (...batches: Parameters<Emit>[0][]): Promise<Emf[]> => {
  const lines = await linesOf(() => {
    const emit = createEmitter();
    for (const values of batches) emit(values);
  });
  return lines.map((line) => JSON.parse(line) as Emf);
};

describe('what is emitted', () => {
  test('at once shares one line, each metric with its unit', async () => {
    const [line, ...more] = await emitted({ SyncSucceeded: 1, PullLatency: 1_200 });
    expect(line).toMatchObject({ SyncSucceeded: 1, PullLatency: 1_200 });
    expect(line?._aws.CloudWatchMetrics[0]?.Metrics).toEqual([
      { Name: 'SyncSucceeded', Unit: 'Count' },
      { Name: 'PullLatency', Unit: 'Milliseconds' },
    ]);
    expect(more).toEqual([]);
  });

  test('keeps each of many values, which percentiles need', async () => {
    const [line] = await emitted({ ChangeLatency: [3, 1, 2] });
    expect(line?.ChangeLatency).toEqual([3, 1, 2]);
  });

  test('[R11] of one metric fits one line up to a hundred values', async () => {
    const values = Array.from({ length: 100 }, (_, index) => index);
    expect(await emitted({ PullLatency: 1, ChangeLatency: values })).toMatchObject([{ ChangeLatency: values }]);
  });

  test('is told apart by the function alone: every calendar as a dimension would be a metric of its own', async () => {
    const [line] = await emitted({ SyncFailed: 1 });
    expect(line?._aws.CloudWatchMetrics[0]?.Dimensions).toEqual([['service']]);
  });

  test('of nothing is nothing', async () => {
    expect(await emitted({}, { ChangeLatency: [] })).toEqual([]);
  });

  test('may be any of the metrics, 0 included, and stays apart from what is emitted next', async () => {
    const names = Object.keys(metricUnits) as MetricName[];
    const lines = await emitted(...names.map((name) => ({ [name]: 0 })));
    expect(lines.map((line, index) => line[names[index] ?? ''])).toEqual(names.map(() => 0));
  });
});

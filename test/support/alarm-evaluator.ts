/**
 * What CloudWatch does with an alarm of the template: puts samples into periods, takes the statistic, works out the
 * expression, compares, and counts bad periods. It knows what our alarms use, and throws at anything else.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
 *
 * Left out: that CloudWatch looks at a few periods more when data is missing, which only makes it slower to change its mind.
 */
import * as z from 'zod';
import { evaluateMath } from './metric-math.ts';

/** One value that a metric was given at one time. */
export type Sample = { metric: MetricId; at: number; value: number };
export type MetricId = { namespace: string; name: string; dimensions: Record<string, string> };

const dimensions = z.array(z.object({ Name: z.string(), Value: z.unknown() })).default([]);
const statistics = z.enum(['Sum', 'Maximum', 'Minimum', 'Average', 'SampleCount']);
type Statistic = z.infer<typeof statistics>;

const single = z.object({
  Namespace: z.string(),
  MetricName: z.string(),
  Dimensions: dimensions,
  Statistic: statistics,
  Period: z.int(),
});
const metricStat = z.strictObject({
  Metric: z.strictObject({ Namespace: z.string(), MetricName: z.string(), Dimensions: dimensions }),
  Period: z.int(),
  Stat: statistics,
});
const query = z.union([
  z.object({ Id: z.string(), Expression: z.string(), ReturnData: z.boolean().optional() }),
  z.object({ Id: z.string(), MetricStat: metricStat, ReturnData: z.literal(false) }),
]);
const common = z.object({
  AlarmDescription: z.string(),
  ComparisonOperator: z.enum(['GreaterThanOrEqualToThreshold', 'GreaterThanThreshold', 'LessThanThreshold']),
  Threshold: z.number(),
  EvaluationPeriods: z.int(),
  DatapointsToAlarm: z.int(),
  TreatMissingData: z.enum(['breaching', 'notBreaching']),
});

type Source = { id: string; metric: MetricId; statistic: Statistic };

export type AlarmDefinition = z.infer<typeof common> & {
  periodMs: number;
  sources: Source[];
  /** Over the ids of the sources. */
  expression: string;
};

/** `nameOf` gives what a dimension refers to a name, since an alarm of the template refers to what has no name yet. */
export const readAlarm = (properties: unknown, nameOf: (reference: unknown) => string): AlarmDefinition => {
  const idOf = (metric: {
    Namespace: string;
    MetricName: string;
    Dimensions: z.infer<typeof dimensions>;
  }): MetricId => ({
    namespace: metric.Namespace,
    name: metric.MetricName,
    dimensions: Object.fromEntries(
      metric.Dimensions.map(({ Name, Value }) => [Name, typeof Value === 'string' ? Value : nameOf(Value)]),
    ),
  });
  const rules = common.parse(properties);
  const { Metrics } = z.object({ Metrics: z.array(query).optional() }).parse(properties);
  if (Metrics === undefined) {
    const metric = single.parse(properties);
    const source = { id: 'it', metric: idOf(metric), statistic: metric.Statistic };
    return { ...rules, periodMs: metric.Period * 1_000, sources: [source], expression: 'it' };
  }
  const expressions = Metrics.flatMap((part) => ('Expression' in part ? [part.Expression] : []));
  const stats = Metrics.flatMap((part) => ('MetricStat' in part ? [{ id: part.Id, ...part.MetricStat }] : []));
  const periods = new Set(stats.map(({ Period }) => Period));
  const [expression, ...others] = expressions;
  const [period, ...otherPeriods] = periods;
  if (expression === undefined || period === undefined || others.length > 0 || otherPeriods.length > 0) {
    throw new Error(`Not understood: ${JSON.stringify(Metrics)}`);
  }
  const sources = stats.map(({ id, Metric, Stat }) => ({ id, metric: idOf(Metric), statistic: Stat }));
  return { ...rules, periodMs: period * 1_000, sources, expression };
};

/** Does it go off at the end of some period that lies between `from` and `until`? */
export const goesOff = (
  alarm: AlarmDefinition,
  samples: Sample[],
  { from, until }: { from: number; until: number },
) => {
  const { periodMs, EvaluationPeriods, DatapointsToAlarm } = alarm;
  const first = Math.floor(from / periodMs);
  const count = Math.ceil(until / periodMs) - first;
  const bad = Array.from({ length: count }, (_, index) => isBad(alarm, valueIn(alarm, samples, first + index)));
  return bad.some((_, end) => {
    const looked = bad.slice(Math.max(0, end + 1 - EvaluationPeriods), end + 1);
    return looked.filter(Boolean).length >= DatapointsToAlarm;
  });
};

const valueIn = ({ sources, expression, periodMs }: AlarmDefinition, samples: Sample[], period: number) =>
  evaluateMath(expression, (id) => {
    const source = sources.find((candidate) => candidate.id === id);
    if (source === undefined) throw new Error(`${expression} names ${id}, which is no metric of it`);
    const values = samples
      .filter(({ at, metric }) => Math.floor(at / periodMs) === period && isSame(metric, source.metric))
      .map(({ value }) => value);
    return values.length === 0 ? undefined : statistic[source.statistic](values);
  });

const statistic: Record<Statistic, (values: number[]) => number> = {
  Sum: (values) => values.reduce((sum, value) => sum + value, 0),
  Maximum: (values) => Math.max(...values),
  Minimum: (values) => Math.min(...values),
  Average: (values) => statistic.Sum(values) / values.length,
  SampleCount: (values) => values.length,
};

const isBad = ({ ComparisonOperator, Threshold, TreatMissingData }: AlarmDefinition, value: number | undefined) =>
  value === undefined ? TreatMissingData === 'breaching' : comparisons[ComparisonOperator](value, Threshold);

const comparisons: Record<AlarmDefinition['ComparisonOperator'], (value: number, threshold: number) => boolean> = {
  GreaterThanOrEqualToThreshold: (value, threshold) => value >= threshold,
  GreaterThanThreshold: (value, threshold) => value > threshold,
  LessThanThreshold: (value, threshold) => value < threshold,
};

/** Another dimension more or less is another metric. */
export const isSame = (a: MetricId, b: MetricId): boolean => canonical(a) === canonical(b);

const canonical = ({ namespace, name, dimensions: named }: MetricId): string =>
  JSON.stringify([namespace, name, Object.entries(named).sort()]);

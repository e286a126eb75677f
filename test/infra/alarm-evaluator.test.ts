/** The evaluator that the alarms are proved with must itself go off when CloudWatch would, and only then. */
import { describe, expect, test } from 'vitest';
import { goesOff, readAlarm, type Sample } from '../support/alarm-evaluator.ts';
import { evaluateMath } from '../support/metric-math.ts';

describe('metric math', () => {
  const lookup = (id: string) => ({ a: 20, b: 5, zero: 0 })[id];

  test.each([
    ['a + b * 2', 30],
    ['(a + b) * 2', 50],
    ['a - b - b', 10],
    ['100 * b / a', 25],
    ['-b + a', 15],
    ['a >= 20', 1],
    ['a > 20', 0],
    ['a - 20 == zero', 1],
    ['IF(a >= 20, 100 * b / a, 0)', 25],
    ['IF(a >= 21, 100 * b / a, 0)', 0],
    ['IF(zero, 1, IF(b, 2, 3))', 2],
    ['1.5 * 2', 3],
  ])('%s is %d', (expression, value) => {
    expect(evaluateMath(expression, lookup)).toBe(value);
  });

  test.each(['a + missing', 'IF(missing >= 1, 1, 0)', 'missing', '-missing', 'a / zero'])(
    '%s has no data where a part has none',
    (expression) => {
      expect(evaluateMath(expression, lookup)).toBeUndefined();
    },
  );

  test.each(['FILL(a, 0)', 'a +', '(a', 'a b', 'a $ b', 'IF(a, b)', '', 'A'])('%s is not understood', (expression) => {
    expect(() => evaluateMath(expression, lookup)).toThrow(/understood/);
  });
});

const minute = 60_000;
const day = { from: 0, until: 24 * 60 * minute };
const properties = (overrides: object = {}) => ({
  AlarmDescription: '',
  Namespace: 'N',
  MetricName: 'M',
  Dimensions: [{ Name: 'Queue', Value: { Ref: 'Q' } }],
  Statistic: 'Sum',
  Period: 60,
  ComparisonOperator: 'GreaterThanOrEqualToThreshold',
  Threshold: 10,
  EvaluationPeriods: 1,
  DatapointsToAlarm: 1,
  TreatMissingData: 'notBreaching',
  ...overrides,
});
const alarm = (overrides: object = {}) => readAlarm(properties(overrides), () => 'the queue');
const sample = (minutes: number, value: number, name = 'M', dimensions = { Queue: 'the queue' }): Sample => ({
  metric: { namespace: 'N', name, dimensions },
  at: minutes * minute,
  value,
});

describe('an alarm on one metric', () => {
  test.each([
    ['Sum', [4, 6], true],
    ['Sum', [4, 5], false],
    ['Maximum', [4, 10], true],
    ['Maximum', [9, 9], false],
    ['Minimum', [10, 11], true],
    ['Minimum', [9, 11], false],
    ['Average', [9, 11], true],
    ['Average', [9, 10], false],
    ['SampleCount', Array(10).fill(0), true],
    ['SampleCount', [100], false],
  ])('takes the %s of the samples %j of a period', (Statistic, values, off) => {
    const samples = values.map((value) => sample(3.5, value));
    expect(goesOff(alarm({ Statistic }), samples, day)).toBe(off);
  });

  test('does not add up what lies in two periods', () => {
    expect(goesOff(alarm(), [sample(0.9, 5), sample(1.1, 5)], day)).toBe(false);
    expect(goesOff(alarm({ Period: 300 }), [sample(0.9, 5), sample(1.1, 5)], day)).toBe(true);
  });

  test.each([
    ['another name', sample(1, 10, 'Other')],
    ['another dimension', sample(1, 10, 'M', { Queue: 'another' })],
    ['no dimension', { ...sample(1, 10), metric: { namespace: 'N', name: 'M', dimensions: {} } }],
    ['another namespace', { ...sample(1, 10), metric: { ...sample(1, 10).metric, namespace: 'Other' } }],
  ])('does not take %s for its metric', (_, other) => {
    expect(goesOff(alarm(), [other], day)).toBe(false);
  });

  test.each([
    ['GreaterThanOrEqualToThreshold', 10, true],
    ['GreaterThanThreshold', 10, false],
    ['GreaterThanThreshold', 11, true],
    ['LessThanThreshold', 10, false],
    ['LessThanThreshold', 9, true],
  ])('compares: %s 10 with %d', (ComparisonOperator, value, off) => {
    expect(goesOff(alarm({ ComparisonOperator }), [sample(1, value)], day)).toBe(off);
  });
});

describe('of the last three periods two', () => {
  const twoOfThree = alarm({ EvaluationPeriods: 3, DatapointsToAlarm: 2 });
  test.each([
    [[1, 2], true],
    [[1, 3], true],
    [[1, 4], false],
    [[1], false],
  ])('must be bad: those at minutes %j', (minutes, off) => {
    expect(
      goesOff(
        twoOfThree,
        minutes.map((at) => sample(at, 10)),
        day,
      ),
    ).toBe(off);
  });
});

describe('no data', () => {
  test('is good news, or bad news, as the alarm says', () => {
    expect(goesOff(alarm(), [], day)).toBe(false);
    expect(goesOff(alarm({ TreatMissingData: 'breaching' }), [], day)).toBe(true);
  });

  test('for as long as the alarm waits: a heartbeat that pauses for three minutes, and for four', () => {
    const heartbeat = alarm({
      ComparisonOperator: 'LessThanThreshold',
      Threshold: 1,
      EvaluationPeriods: 4,
      DatapointsToAlarm: 4,
      TreatMissingData: 'breaching',
    });
    const beats = (minutes: number[]) => minutes.map((at) => sample(at, 1));
    const tenMinutes = { from: 0, until: 10 * minute };
    expect(goesOff(heartbeat, beats([0, 1, 2, 6, 7, 8, 9]), tenMinutes)).toBe(false);
    expect(goesOff(heartbeat, beats([0, 1, 2, 7, 8, 9]), tenMinutes)).toBe(true);
  });
});

describe('an alarm on an expression', () => {
  const stat = (Id: string, MetricName: string) => ({
    Id,
    MetricStat: { Metric: { Namespace: 'N', MetricName }, Period: 60, Stat: 'Sum' },
    ReturnData: false,
  });
  const { Namespace: _n, MetricName: _m, Dimensions: _d, Statistic: _s, Period: _p, ...rules } = properties();
  const expression = { Id: 'rate', Expression: 'IF(all >= 20, 100 * bad / all, 0)' };
  const rate = (...Metrics: unknown[]) => readAlarm({ ...rules, Metrics }, () => '');
  const samples = (bad: number, all: number) =>
    [sample(1, bad, 'Bad'), sample(1, all, 'All')].map((one) => ({
      ...one,
      metric: { ...one.metric, dimensions: {} },
    }));

  test.each([
    [2, 20, true],
    [1, 20, false],
    [19, 19, false],
  ])('works it out in each period: %d of %d', (bad, all, off) => {
    expect(goesOff(rate(expression, stat('bad', 'Bad'), stat('all', 'All')), samples(bad, all), day)).toBe(off);
  });

  test('has no value where one of its metrics has none', () => {
    const alarmOfBoth = rate(expression, stat('bad', 'Bad'), stat('all', 'All'));
    expect(goesOff(alarmOfBoth, samples(20, 20).slice(0, 1), day)).toBe(false);
  });

  test('is refused when it names what it does not have', () => {
    expect(() => goesOff(rate(expression, stat('bad', 'Bad')), samples(2, 20), day)).toThrow('all');
  });
});

test.each([
  ['a percentile', { Statistic: 'p99' }],
  ['another treatment of missing data', { TreatMissingData: 'ignore' }],
  ['another comparison', { ComparisonOperator: 'GreaterThanUpperThreshold' }],
])('%s is not understood, so that nothing is proved of it', (_, overrides) => {
  expect(() => alarm(overrides)).toThrow();
});

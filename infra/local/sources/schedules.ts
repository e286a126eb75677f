/** EventBridge Scheduler's `rate(…)`: invokes the function at that interval, the first time one interval from now. */
import { z } from 'zod';
import type { LocalFunction } from '../functions/function.ts';
import type { JsonRecord } from '../template/json.ts';

export type Schedule = { stop: () => void };

const scheduleProperties = z.object({
  ScheduleExpression: z.string(),
  State: z.enum(['ENABLED', 'DISABLED']).default('ENABLED'),
  Target: z.object({ Arn: z.string(), Input: z.string().optional() }),
});

export function startSchedule(properties: JsonRecord, functionByArn: (arn: string) => LocalFunction): Schedule {
  const { ScheduleExpression, State, Target } = scheduleProperties.parse(properties);
  const intervalMs = rateMs(ScheduleExpression);
  const target = functionByArn(Target.Arn);
  if (State === 'DISABLED') return { stop: () => undefined };
  const timer = setInterval(() => void target.invoke(inputOf(Target.Input)), intervalMs);
  return { stop: () => clearInterval(timer) };
}

const unitMs: Record<string, number> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

function rateMs(expression: string): number {
  const [, count, unit = ''] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression) ?? [];
  const ms = unitMs[unit];
  if (ms === undefined)
    throw new Error(`the schedule ${expression} is not supported by the local stack: only rate(…) is`);
  return Number(count) * ms;
}

function inputOf(input: string | undefined): unknown {
  return input === undefined ? {} : JSON.parse(input);
}

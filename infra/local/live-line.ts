/** One line of a function's log as a person reads it; undefined for what is only for machines. */
import * as z from 'zod';

const logLine = z.looseObject({ timestamp: z.string(), level: z.string(), message: z.string() });

/** Words are given only of our own errors. */
const described = { name: z.string(), message: z.string().optional() };

/** What the logger adds to every line and a person does not need to see each time. */
const hidden: ReadonlySet<string> = new Set([
  'timestamp',
  'level',
  'message',
  'service',
  'sampling_rate',
  'xray_trace_id',
  'error',
  'lambdaRequestId',
]);

export function liveLine(functionName: string, line: string): string | undefined {
  const parsed = logLine.safeParse(tryJson(line));
  if (!parsed.success) return isMetric(line) ? undefined : `${functionName}  ${line}`;
  const { timestamp, level, message, error } = parsed.data;
  const fields = Object.entries(parsed.data).filter(([name]) => !hidden.has(name));
  const time = timestamp.slice(11, 23);
  const sign = level === 'INFO' ? '' : ` ${level}`;
  const { name, message: why = name } = z.object(described).safeParse(error).data ?? {};
  const details = fields.map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
  return [time, functionName.padEnd(16), `${message}${sign}`, ...details, ...(why ? [`(${why})`] : [])].join('  ');
}

/** CloudWatch's embedded metric format: the line says so itself. */
const isMetric = (line: string): boolean => line.includes('"_aws"');

function tryJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

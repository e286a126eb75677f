/** Lines of CloudWatch's embedded metric format → the samples that CloudWatch would take from them. */
import * as z from 'zod';
import type { Sample } from './alarm-evaluator.ts';

const directive = z.object({
  Namespace: z.string(),
  Dimensions: z.array(z.array(z.string())),
  Metrics: z.array(z.object({ Name: z.string(), Unit: z.string() })),
});
const envelope = z.looseObject({
  _aws: z.object({ Timestamp: z.number(), CloudWatchMetrics: z.array(directive) }),
});

/** None when the line is no line of metrics. */
export const samplesIn = (line: string): Sample[] => {
  if (!line.includes('"_aws"')) return [];
  const { _aws, ...values } = envelope.parse(JSON.parse(line));
  return _aws.CloudWatchMetrics.flatMap(({ Namespace: namespace, Dimensions, Metrics }) =>
    Dimensions.flatMap((names) => {
      const dimensions = Object.fromEntries(names.map((name) => [name, z.string().parse(values[name])]));
      return Metrics.flatMap(({ Name: name }) =>
        z
          .array(z.number())
          .parse([values[name]].flat())
          .map((value) => ({ metric: { namespace, name, dimensions }, at: _aws.Timestamp, value })),
      );
    }),
  );
};

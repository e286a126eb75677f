/** What the local stack understands of an event source mapping; anything else in it is refused, not skipped. */
import { z } from 'zod';

const shared = {
  EventSourceArn: z.string(),
  FunctionName: z.string(),
  Enabled: z.boolean().optional(),
  FunctionResponseTypes: z.array(z.literal('ReportBatchItemFailures')).default([]),
};

/** FIFO batches hold at most ten messages and never wait for more. */
export const queueMappingProperties = z.strictObject({
  ...shared,
  BatchSize: z.number().max(10).default(10),
  ScalingConfig: z.strictObject({ MaximumConcurrency: z.number() }).optional(),
});

export const streamMappingProperties = z.strictObject({
  ...shared,
  BatchSize: z.number().default(100),
  StartingPosition: z.enum(['TRIM_HORIZON', 'LATEST']),
  FilterCriteria: z.strictObject({ Filters: z.array(z.strictObject({ Pattern: z.string() })) }).optional(),
  BisectBatchOnFunctionError: z.boolean().default(false),
  /** -1: until the record leaves the stream. */
  MaximumRetryAttempts: z.number().default(-1),
  DestinationConfig: z.strictObject({ OnFailure: z.strictObject({ Destination: z.string() }) }).optional(),
});

export type QueueMappingProperties = z.infer<typeof queueMappingProperties>;
export type StreamMappingProperties = z.infer<typeof streamMappingProperties>;

/** Brings stream records to their function in order: retry, bisect, and in the end give up to the failure queue. */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { LocalFunction } from '../functions/function.ts';
import type { StreamMappingProperties } from './mapping-properties.ts';
import { failedItems } from './partial-batch.ts';
import { failureMessage, sequenceNumberOf, streamEventRecord } from './stream-event.ts';
import type { ShardRecords } from './stream-source.ts';

export type StreamDelivery = {
  properties: StreamMappingProperties;
  target: LocalFunction;
  giveUp: (failureMessage: string) => Promise<void>;
};

const longestBackoffMs = 2_000;

/** Returns when every record was handled or given up, or at the stop. */
export async function deliver(delivery: StreamDelivery, batch: ShardRecords, stopping: AbortSignal): Promise<void> {
  const { BisectBatchOnFunctionError, MaximumRetryAttempts } = delivery.properties;
  let { records } = batch;
  let invocations = 0;
  while (records.length > 0) {
    const handled = await invoke(delivery, records);
    if (stopping.aborted) return;
    records = records.slice(handled);
    invocations = handled > 0 ? 0 : invocations + 1; // What is left after progress is a new batch.
    const rest = { ...batch, records };
    if (handled === 0 && BisectBatchOnFunctionError && records.length > 1) return bisect(delivery, rest, stopping);
    if (MaximumRetryAttempts >= 0 && invocations > MaximumRetryAttempts) return giveUp(delivery, rest, invocations);
    if (records.length > 0) await backOff(invocations, stopping);
  }
}

/** How many records, from the first on, are done. */
async function invoke({ properties, target }: StreamDelivery, records: ShardRecords['records']): Promise<number> {
  const Records = records.map((record) => streamEventRecord(record, properties.EventSourceArn));
  const outcome = await target.invoke({ Records });
  const ids = records.map(sequenceNumberOf);
  const failed = failedItems(outcome, ids, properties.FunctionResponseTypes.length > 0);
  const firstFailed = ids.findIndex((id) => failed.has(id));
  return firstFailed < 0 ? records.length : firstFailed;
}

async function bisect(delivery: StreamDelivery, batch: ShardRecords, stopping: AbortSignal): Promise<void> {
  const middle = Math.ceil(batch.records.length / 2);
  await deliver(delivery, { ...batch, records: batch.records.slice(0, middle) }, stopping);
  if (stopping.aborted) return;
  await deliver(delivery, { ...batch, records: batch.records.slice(middle) }, stopping);
}

async function giveUp(delivery: StreamDelivery, batch: ShardRecords, invocations: number): Promise<void> {
  const { properties, target } = delivery;
  const origin = { requestId: randomUUID(), functionArn: target.arn, streamArn: properties.EventSourceArn };
  await delivery.giveUp(JSON.stringify(failureMessage({ ...origin, ...batch, invocations, now: new Date() })));
}

async function backOff(invocations: number, signal: AbortSignal): Promise<void> {
  const waitMs = Math.min(50 * 2 ** invocations, longestBackoffMs);
  await delay(waitMs, undefined, { signal }).catch(() => undefined); // The stop ends the wait.
}

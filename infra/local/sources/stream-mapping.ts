/** An event source mapping from a table's stream: look, filter, deliver, remember how far it came. */
import { setTimeout as delay } from 'node:timers/promises';
import { createFilter } from './event-filter.ts';
import { type Polling, startPolling } from './polling.ts';
import { deliver, type StreamDelivery } from './stream-delivery.ts';
import { sequenceNumberOf, streamEventRecord } from './stream-event.ts';
import type { ShardRecords, StreamSource } from './stream-source.ts';

export type StreamMapping = Polling & {
  /** When the last look at the stream began if it found nothing, by `performance.now()`; NaN while there is work. */
  emptyLookBeganAt: () => number;
};

export type StreamMappingSetting = StreamDelivery & {
  source: StreamSource;
  onHandled: (shardId: string, sequenceNumber: string) => void;
  onProblem: (problem: string) => void;
};

const pollIntervalMs = 40;

export function startStreamMapping(setting: StreamMappingSetting): StreamMapping {
  const { source, properties, onHandled, onProblem } = setting;
  const matches = createFilter((properties.FilterCriteria?.Filters ?? []).map((filter) => filter.Pattern));
  let emptyLookBeganAt = Number.NaN;

  async function look(stopping: AbortSignal): Promise<void> {
    const beganAt = performance.now();
    const shards = await source.read(properties.BatchSize);
    const isEmpty = shards.every(({ records }) => records.length === 0);
    emptyLookBeganAt = isEmpty ? beganAt : Number.NaN;
    await Promise.all(shards.map((shard) => handle(shard, stopping)));
    if (isEmpty) await delay(pollIntervalMs);
  }

  async function handle({ shardId, records }: ShardRecords, stopping: AbortSignal): Promise<void> {
    const wanted = records.filter((record) => matches(streamEventRecord(record, properties.EventSourceArn)));
    await deliver(setting, { shardId, records: wanted }, stopping);
    const last = records.at(-1);
    if (last !== undefined && !stopping.aborted) onHandled(shardId, sequenceNumberOf(last));
  }

  return { ...startPolling(look, onProblem), emptyLookBeganAt: () => emptyLookBeganAt };
}

/** Reads a table's stream in order: shard after shard, a child only when its parent is finished. */
import {
  DescribeStreamCommand,
  type DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
  type _Record as StreamRecord,
} from '@aws-sdk/client-dynamodb-streams';

export type { StreamRecord };

export type ShardRecords = { shardId: string; records: StreamRecord[] };

export type StreamPosition = {
  streamArn: string;
  startingPosition: 'TRIM_HORIZON' | 'LATEST';
  /** The last sequence number handled, by shard id: reading goes on after it. */
  checkpoints: Record<string, string>;
};

export type StreamSource = {
  /** One look at every shard that may be read now, at most `limit` records of each. */
  read: (limit: number) => Promise<ShardRecords[]>;
};

type Cursor = { shardId: string; parentId: string | undefined; iterator: string | undefined };

const shardListAgeMs = 5_000;

export function createStreamSource(client: DynamoDBStreamsClient, position: StreamPosition): StreamSource {
  const { streamArn, startingPosition, checkpoints } = position;
  const cursors = new Map<string, Cursor>();
  let listedAt = Number.NEGATIVE_INFINITY;

  async function listShards(): Promise<void> {
    const type = cursors.size === 0 ? startingPosition : 'TRIM_HORIZON'; // A shard that opens later is read from its start.
    const { StreamDescription } = await client.send(new DescribeStreamCommand({ StreamArn: streamArn }));
    for (const { ShardId: shardId = '', ParentShardId: parentId } of StreamDescription?.Shards ?? []) {
      if (cursors.has(shardId)) continue;
      cursors.set(shardId, { shardId, parentId, iterator: await iteratorOf(shardId, type) });
    }
    listedAt = Date.now();
  }

  async function iteratorOf(shardId: string, type: StreamPosition['startingPosition']): Promise<string | undefined> {
    const after = checkpoints[shardId];
    const start =
      after === undefined
        ? { ShardIteratorType: type }
        : { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER' as const, SequenceNumber: after };
    const command = new GetShardIteratorCommand({ StreamArn: streamArn, ShardId: shardId, ...start });
    return (await client.send(command)).ShardIterator;
  }

  function isReadable({ iterator, parentId }: Cursor): boolean {
    return iterator !== undefined && cursors.get(parentId ?? '')?.iterator === undefined;
  }

  async function readShard(cursor: Cursor, limit: number): Promise<ShardRecords> {
    const command = new GetRecordsCommand({ ShardIterator: cursor.iterator, Limit: limit });
    const { Records: records = [], NextShardIterator } = await client.send(command);
    cursor.iterator = NextShardIterator;
    if (NextShardIterator === undefined) listedAt = Number.NEGATIVE_INFINITY; // Finished: its children may be new.
    return { shardId: cursor.shardId, records };
  }

  return {
    read: async (limit) => {
      if (Date.now() - listedAt > shardListAgeMs) await listShards();
      const readable = [...cursors.values()].filter(isReadable);
      return Promise.all(readable.map((cursor) => readShard(cursor, limit)));
    },
  };
}

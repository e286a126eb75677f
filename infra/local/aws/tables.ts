/** Creates the template's tables on the local engine: keys, indexes, stream and time to live as they would be deployed. */
import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DescribeTableCommand,
  DynamoDBClient,
  ResourceInUseException,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import { z } from 'zod';
import type { JsonRecord } from '../template/json.ts';
import { clientDefaults } from './place.ts';

/** Resolves to the ARN of the table's stream, if it has one. */
export async function createTable(endpoint: string, name: string, properties: JsonRecord): Promise<string | undefined> {
  const client = new DynamoDBClient({ ...clientDefaults, endpoint });
  try {
    const wanted = tableProperties.parse(properties);
    const isNew = await createUnlessThere(client, createTableInput(name, wanted));
    const { Table: table } = await client.send(new DescribeTableCommand({ TableName: name }));
    if (!isNew) requireSameShape(name, wanted, tableShape.parse(table));
    if (isNew) await setTimeToLive(client, name, wanted);
    return table?.LatestStreamArn;
  } finally {
    client.destroy();
  }
}

const keySchema = z.array(z.object({ AttributeName: z.string(), KeyType: z.enum(['HASH', 'RANGE']) }));

const tableShape = z.object({
  KeySchema: keySchema,
  GlobalSecondaryIndexes: z
    .array(
      z.object({
        IndexName: z.string(),
        KeySchema: keySchema,
        Projection: z.object({
          ProjectionType: z.enum(['ALL', 'KEYS_ONLY', 'INCLUDE']),
          NonKeyAttributes: z.array(z.string()).optional(),
        }),
      }),
    )
    .optional(),
});

/** CloudFormation names these as the API does. Replicas, backups and encryption mean nothing on one machine. */
const tableProperties = tableShape.extend({
  AttributeDefinitions: z.array(z.object({ AttributeName: z.string(), AttributeType: z.enum(['S', 'N', 'B']) })),
  StreamSpecification: z
    .object({ StreamViewType: z.enum(['KEYS_ONLY', 'NEW_IMAGE', 'OLD_IMAGE', 'NEW_AND_OLD_IMAGES']) })
    .optional(),
  TimeToLiveSpecification: z.object({ AttributeName: z.string(), Enabled: z.boolean() }).optional(),
  LocalSecondaryIndexes: z.undefined('local secondary indexes are not supported by the local stack').optional(),
});

type TableProperties = z.infer<typeof tableProperties>;
type TableShape = z.infer<typeof tableShape>;

function createTableInput(name: string, properties: TableProperties): CreateTableCommandInput {
  const { KeySchema, AttributeDefinitions, GlobalSecondaryIndexes, StreamSpecification } = properties;
  return {
    TableName: name,
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema,
    AttributeDefinitions,
    GlobalSecondaryIndexes,
    StreamSpecification: StreamSpecification && { StreamEnabled: true, ...StreamSpecification },
  };
}

async function createUnlessThere(client: DynamoDBClient, input: CreateTableCommandInput): Promise<boolean> {
  try {
    await client.send(new CreateTableCommand(input));
    return true;
  } catch (error) {
    if (error instanceof ResourceInUseException) return false;
    throw error;
  }
}

function requireSameShape(name: string, wanted: TableShape, kept: TableShape): void {
  if (describe(wanted) === describe(kept)) return;
  throw new Error(`the kept table ${name} has other keys or indexes than the template: delete the data folder`);
}

function describe({ KeySchema, GlobalSecondaryIndexes = [] }: TableShape): string {
  const keys = (schema: TableShape['KeySchema']) => schema.map((key) => `${key.AttributeName} ${key.KeyType}`);
  const indexes = GlobalSecondaryIndexes.map((index) => [index.IndexName, ...keys(index.KeySchema)].join(' '));
  return JSON.stringify([keys(KeySchema), indexes.sort()]);
}

async function setTimeToLive(client: DynamoDBClient, name: string, properties: TableProperties): Promise<void> {
  const { TimeToLiveSpecification } = properties;
  if (!TimeToLiveSpecification?.Enabled) return;
  await client.send(new UpdateTimeToLiveCommand({ TableName: name, TimeToLiveSpecification }));
}

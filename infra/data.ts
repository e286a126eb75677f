/** The single table, its sparse indexes and its stream, and the key that wraps the vault of Google's tokens. */
import { RemovalPolicy } from 'aws-cdk-lib';
import {
  type Attribute,
  AttributeType,
  Billing,
  ProjectionType,
  StreamViewType,
  TableV2,
} from 'aws-cdk-lib/aws-dynamodb';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import type { StageConfig } from './config.ts';

/** `due`: work by time. `pending`: changes Google must hear of, by calendar. `agenda`: appointments by start. */
export type IndexName = 'due' | 'pending' | 'agenda';

export class Data extends Construct {
  readonly table: TableV2;
  readonly vaultKey: Key;

  constructor(scope: Construct, id: string, { config }: { config: StageConfig }) {
    super(scope, id);
    const removalPolicy = config.protectData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;

    this.table = new TableV2(this, 'Table', {
      partitionKey: text('pk'),
      sortKey: text('sk'),
      billing: Billing.onDemand(),
      dynamoStream: StreamViewType.NEW_AND_OLD_IMAGES,
      timeToLiveAttribute: 'expiresAt',
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: config.protectData,
      removalPolicy,
    });
    this.addIndex('due', 'duePartition', 'dueAt', ProjectionType.KEYS_ONLY);
    this.addIndex('pending', 'pendingPartition', 'pendingNotBefore', ProjectionType.KEYS_ONLY);
    this.addIndex('agenda', 'agendaPartition', 'agendaStart', ProjectionType.ALL);

    this.vaultKey = new Key(this, 'VaultKey', {
      description: 'Wraps the data key that seals Google credentials',
      enableKeyRotation: true,
      removalPolicy,
    });
  }

  private addIndex(indexName: IndexName, partition: string, sort: string, projectionType: ProjectionType): void {
    this.table.addGlobalSecondaryIndex({
      indexName,
      partitionKey: text(partition),
      sortKey: text(sort),
      projectionType,
    });
  }
}

function text(name: string): Attribute {
  return { name, type: AttributeType.STRING };
}

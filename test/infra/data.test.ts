/** The table: what it is made of, and what keeps its data. */
import { describe, expect, test } from 'vitest';
import { stageConfig } from '../../infra/config.ts';
import { propertiesAt, resourceAt, synthesised } from './synthesised.ts';

const table = propertiesAt('Data/Table');

describe('table', () => {
  test('has its key, its stream of both images and its time to live', () => {
    expect(table).toMatchObject({
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: keySchema('pk', 'sk'),
      StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
      TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
    });
  });

  test('has the sparse indexes', () => {
    expect(table.GlobalSecondaryIndexes).toEqual([
      index('due', 'duePartition', 'dueAt', 'KEYS_ONLY'),
      index('pending', 'pendingPartition', 'pendingNotBefore', 'KEYS_ONLY'),
      index('agenda', 'agendaPartition', 'agendaStart', 'ALL'),
    ]);
  });

  test('survives mistakes: point-in-time recovery, deletion protection, retained without its stack', () => {
    expect(table.Replicas).toMatchObject([
      { DeletionProtectionEnabled: true, PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true } },
    ]);
    expect(resourceAt('Data/Table').DeletionPolicy).toBe('Retain');
  });
});

describe('vault key', () => {
  test('rotates and is retained: without it every connection is lost', () => {
    expect(propertiesAt('Data/VaultKey').EnableKeyRotation).toBe(true);
    expect(resourceAt('Data/VaultKey').DeletionPolicy).toBe('Retain');
  });
});

test('stage local leaves nothing behind', () => {
  const kept = Object.values(synthesised(stageConfig('local', {})).Resources).filter(
    ({ DeletionPolicy }) => DeletionPolicy === 'Retain',
  );
  expect(kept).toEqual([]);
});

function keySchema(partition: string, sort: string): object[] {
  return [
    { AttributeName: partition, KeyType: 'HASH' },
    { AttributeName: sort, KeyType: 'RANGE' },
  ];
}

function index(name: string, partition: string, sort: string, projection: string): object {
  return { IndexName: name, KeySchema: keySchema(partition, sort), Projection: { ProjectionType: projection } };
}

import { expect, test } from 'vitest';
import { maxReceiveCount, visibilityMs } from '../simulation/queue.ts';
import { propertiesAt } from './synthesised.ts';

test('the queue of the simulation is the one that is deployed', () => {
  const { VisibilityTimeout, RedrivePolicy } = propertiesAt('SyncQueue/Hints');
  expect(VisibilityTimeout).toBe(visibilityMs / 1_000);
  expect(RedrivePolicy).toMatchObject({ maxReceiveCount });
});

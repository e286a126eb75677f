/** The small size of `npm run chaos`: notified at full speed, workers dying, Google refusing, and nothing lost or doubled. */
import { expect, test } from 'vitest';
import { runChaos } from '../chaos/chaos.ts';

const size = { calendars: 6, notifications: 150, seed: 1 };

test('[R1][R2][R3][R4][R6][R7][R11][R12] 150 notifications of 6 calendars, workers dying, Google refusing', async () => {
  const { checks, figures } = await runChaos(size, () => undefined);
  expect(checks.filter(({ against }) => against.length > 0)).toEqual([]);
  const told = new Map(figures);
  expect(told.get('workers killed')).toContain('sync-consumer');
  expect(told.get('Google’s storms')).toContain('429');
}, 120_000);

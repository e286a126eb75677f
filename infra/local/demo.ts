/** `npm run demo`: the story in about two minutes, told by the running system. Each line is checked and timed. */
import { build } from '../build.ts';
import { type Direction, measureLatency } from './demo/latency.ts';
import { operationsStoryOf } from './demo/operations.ts';
import { storyOf } from './demo/story.ts';
import { tell } from './demo/tell.ts';
import { twoWayStoryOf } from './demo/two-way.ts';
import { startSession } from './session.ts';
import { readSettings } from './settings.ts';

const p95LimitMs = 2_000;

const barber = { userId: 'demo-barber', email: 'demo.barber@example.com' };
const directions: [Direction, string][] = [
  ['from-google', 'Google → appointments'],
  ['to-google', 'appointments → Google'],
];

const say = (line: string) => process.stdout.write(`${line}\n`);

async function demo(): Promise<void> {
  await build();
  const session = await startSession(readSettings({ PORT: '0', GOOGLE_PORT: '0', SWEEP: 'off' }));
  try {
    const afterwards = operationsStoryOf(session, barber);
    await tell([...storyOf(session, barber), ...twoWayStoryOf(session, barber)], say);
    const measured = await Promise.all(directions.map(([direction]) => measureLatency(session, direction)));
    for (const [index, { changes, calendars, p50, p95 }] of measured.entries()) {
      const what = `${directions[index]?.[1]}, ${changes} changes over ${calendars} calendars`;
      say(`✓ ${what}: p50 ${p50} ms, p95 ${p95} ms (limit ${p95LimitMs} ms)`);
      if (p95 >= p95LimitMs) throw new Error(`✗ p95 is ${p95} ms`);
    }
    await tell(afterwards, say, 15_000);
  } finally {
    await session.stop();
  }
}

demo().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});

/**
 * One run: connect, bear down while the storms last, let it come to rest, then prove that nothing is lost and nothing doubled.
 * The sweep is off throughout: it would hide a wake-up that was lost.
 */
import { loadavg } from 'node:os';
import pMap from 'p-map';
import { startTestSession, type TestSession } from '../support/local-session.ts';
import { randomFrom } from '../support/random-people.ts';
import { openTable } from '../support/session-table.ts';
import { connectBarbers } from './barbers.ts';
import { type Evidence, type Outcome, outcomeOf } from './evidence.ts';
import { watchMemory } from './figures.ts';
import { recordGoogle } from './google-record.ts';
import { bearDown, connections, sentBy } from './load.ts';
import { recordLogs } from './log-record.ts';
import { openNotifier } from './notify.ts';
import { openPeople } from './people.ts';
import { rest, settle } from './settle.ts';
import { readSides, syncAll } from './sides.ts';
import type { Size } from './size.ts';
import { startStorms } from './storms.ts';

/** So short that whatever dies or dawdles is given out again soon, to a second worker where the first still runs. */
const visibilityTimeoutSeconds = 3;

const tellEveryMs = 15_000;

export const runChaos = async (size: Size, say: (line: string) => void): Promise<Outcome> => {
  const memory = watchMemory();
  const logs = recordLogs();
  const session = await startTestSession({ visibilityTimeoutSeconds, onLog: logs.onLog });
  try {
    const evidence = await bearDownAndSettle(session, size, { logs, say });
    const { user, system } = process.cpuUsage();
    return outcomeOf({ ...evidence, ...memory.stop(), cpuMs: (user + system) / 1_000, busyness: loadavg()[0] ?? 0 });
  } finally {
    await session.stop();
  }
};

type Watching = { logs: ReturnType<typeof recordLogs>; say: (line: string) => void };

const bearDownAndSettle = async (
  session: TestSession,
  size: Size,
  { logs, say }: Watching,
): Promise<Omit<Evidence, 'rssMb' | 'heapMb' | 'cpuMs' | 'busyness'>> => {
  const random = randomFrom(size.seed);
  say(`${size.calendars} calendars are being connected`);
  const barbers = await connectBarbers(session, size.calendars);

  const record = recordGoogle(session.google);
  const notifier = openNotifier(session.stack.apiUrl, connections);
  const people = openPeople(session, random);
  say(`${size.notifications} notifications, workers dying, Google refusing`);
  const startedAt = performance.now();
  const { notifications } = size;
  const load = { session, barbers, people, notifier, record, notifications, random };
  const storms = startStorms({ ...load, sent: () => sentBy(load) });
  const telling = setInterval(() => say(`  ${sentBy(load)} sent`), tellEveryMs);
  await bearDown(load)
    .finally(storms.stop)
    .finally(() => clearInterval(telling));
  const loadMs = performance.now() - startedAt;

  say('The storms are over: waiting for all of it to come to rest');
  const settled = await settle(session);
  const settledMs = performance.now() - startedAt - loadMs;

  say('Comparing');
  record.stop();
  notifier.stop();
  const table = openTable(session);
  try {
    const sides = await pMap(barbers, (barber) => readSides({ session, table, people }, barber), { concurrency: 4 });
    const quiet = recordGoogle(session.google);
    await syncAll(session, barbers);
    await rest(session);
    quiet.stop();
    const { notified } = notifier;
    const channels = session.google.control.channels();
    const took = { loadMs, settledMs };
    return { size, barbers, people, sides, record, notified, logs, storms, settled, quiet, channels, took };
  } finally {
    table.stop();
  }
};

/**
 * One run: connect, bear down while the storms last, let it come to rest, then prove that nothing is lost and nothing doubled.
 * The sweep is off throughout: it would hide a wake-up that was lost.
 */
import { loadavg } from 'node:os';
import pMap from 'p-map';
import { startTestSession, type TestSession } from '../support/local-session.ts';
import { randomFrom } from '../support/random-people.ts';
import { openTable } from '../support/session-table.ts';
import { type Barber, connectBarbers } from './barbers.ts';
import { type Outcome, outcomeOf } from './evidence.ts';
import { watchMemory } from './figures.ts';
import { recordGoogle } from './google-record.ts';
import { bearDown, connections, sentBy } from './load.ts';
import { recordLogs } from './log-record.ts';
import { openNotifier } from './notify.ts';
import { openPeople, type People } from './people.ts';
import { rest, settle } from './settle.ts';
import { readSides, syncAll } from './sides.ts';
import type { Size } from './size.ts';
import { startStorms } from './storms.ts';

/** So short that whatever dies or dawdles is given out again soon, to a second worker where the first still runs. */
const visibilityTimeoutSeconds = 3;

const tellEveryMs = 15_000;
const readersAtOnce = 4;

export const runChaos = async (size: Size, say: (line: string) => void): Promise<Outcome> => {
  const memory = watchMemory();
  const logs = recordLogs();
  const session = await startTestSession({ visibilityTimeoutSeconds, onLog: logs.onLog });
  try {
    const ordeal = await endure(session, size, say);
    say('Comparing');
    const proof = await prove(session, ordeal);
    const { user, system } = process.cpuUsage();
    const machine = { ...memory.stop(), cpuMs: (user + system) / 1_000, busyness: loadavg()[0] ?? 0 };
    return outcomeOf({ ...ordeal, ...proof, ...machine, size, logs });
  } finally {
    await session.stop();
  }
};

/** Load and storms, and the rest after them. */
const endure = async (session: TestSession, size: Size, say: (line: string) => void) => {
  const { notifications } = size;
  const random = randomFrom(size.seed);
  say(`${size.calendars} calendars are being connected`);
  const barbers = await connectBarbers(session, size.calendars);

  const record = recordGoogle(session.google);
  const notifier = openNotifier(session.stack.apiUrl, connections);
  const people = openPeople(session, random);
  const load = { session, barbers, people, notifier, record, notifications, random };
  const sent = () => sentBy(load);
  say(`${notifications} notifications, workers dying, Google refusing`);
  const telling = setInterval(() => say(`  ${sent()} sent`), tellEveryMs);
  const startedAt = performance.now();
  const storms = startStorms({ ...load, sent });
  await bearDown(load)
    .finally(storms.stop)
    .finally(() => clearInterval(telling));
  const loadMs = performance.now() - startedAt;

  say('The storms are over: waiting for all of it to come to rest');
  const settled = await settle(session);
  const took = { loadMs, settledMs: performance.now() - startedAt - loadMs };
  record.stop();
  notifier.stop();
  return { barbers, people, record, notified: notifier.notified, storms, settled, took };
};

/** What both sides have, and what a further sync of everything asks of Google. */
const prove = async (session: TestSession, { barbers, people }: { barbers: Barber[]; people: People }) => {
  const table = openTable(session);
  try {
    const readers = { session, table, people };
    const sides = await pMap(barbers, (barber) => readSides(readers, barber), { concurrency: readersAtOnce });
    const quiet = recordGoogle(session.google);
    await syncAll(session, barbers);
    await rest(session);
    quiet.stop();
    return { sides, quiet, channels: session.google.control.channels() };
  } finally {
    table.stop();
  }
};

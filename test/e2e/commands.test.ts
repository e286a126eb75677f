/** The commands as a person runs them: separate processes, plain output, signals. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { freePort } from '../../infra/local/aws/free-port.ts';
import { type Step, tell, timeStep } from '../../infra/local/demo/tell.ts';

const root = join(import.meta.dirname, '../..');
const run = promisify(execFile);

type Command = { child: ChildProcess; output: () => string; ended: Promise<number | null> };

const running: ChildProcess[] = [];
afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL');
});

const start = (script: string, environment: Record<string, string>): Command => {
  const child = spawn(process.execPath, [join(root, 'infra/local', script)], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.push(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (output += chunk));
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  return { child, output: () => output, ended };
};

const ready = ({ output }: Command) =>
  vi.waitFor(() => expect(output()).toMatch(/^ready$/m), { timeout: 20_000, interval: 50 });

/** Processes that this one has started, by the operating system's account. */
const childrenOf = async ({ child }: Command): Promise<string[]> => {
  const { stdout } = await run('ps', ['--ppid', String(child.pid), '-o', 'pid=']).catch(() => ({ stdout: '' }));
  return stdout.split('\n').filter(Boolean);
};

const isAlive = (pid: string): boolean => {
  try {
    return process.kill(Number(pid), 0);
  } catch {
    return false;
  }
};

describe('npm start', () => {
  let ports: { PORT: string; GOOGLE_PORT: string };
  beforeEach(async () => {
    ports = { PORT: String(await freePort()), GOOGLE_PORT: String(await freePort()) };
  });
  const api = (path: string, init?: RequestInit) => fetch(`http://127.0.0.1:${ports.PORT}${path}`, init);
  const tokenFor = async (...args: string[]): Promise<string> => {
    const env = { ...process.env, ...ports };
    const { stdout } = await run(process.execPath, [join(root, 'infra/local/token.ts'), ...args], { env });
    return stdout;
  };
  const statusOf = async (user: string) => {
    const token = (await tokenFor(user)).trim();
    const response = await api('/api/v2/calendar/real-time-sync/status', {
      headers: { authorization: `Bearer ${token}` },
    });
    return response.json();
  };

  test('comes up with a connected barber, prints its URLs, and SIGTERM leaves no process behind', async () => {
    const command = start('start.ts', ports);
    await ready(command);
    expect(command.output()).toContain(`http://127.0.0.1:${ports.PORT}`);
    expect(command.output()).toContain(`http://127.0.0.1:${ports.GOOGLE_PORT}`);
    expect(await statusOf('demo-barber')).toMatchObject({ connection: { account: 'demo.barber@example.com' } });
    await vi.waitFor(() => expect(command.output()).toContain('Synced a calendar'));

    const children = await childrenOf(command);
    expect(children.length).toBeGreaterThan(0);
    command.child.kill('SIGTERM');
    expect(await command.ended).toBe(0);
    expect(children.filter(isAlive)).toEqual([]);
  }, 40_000);

  test('says which port is in use', async () => {
    const first = start('start.ts', ports);
    await ready(first);
    const second = start('start.ts', { ...ports, GOOGLE_PORT: '0' });
    expect(await second.ended).toBe(1);
    expect(second.output()).toContain(`${ports.PORT}`);
    expect(second.output()).toMatch(/in use/);
  }, 40_000);

  test('names a setting that is wrong', async () => {
    const command = start('start.ts', { ...ports, GOOGLE_WEBHOOK_SECRET: 'short' });
    expect(await command.ended).toBe(1);
    expect(command.output()).toBe('GOOGLE_WEBHOOK_SECRET: must have at least 32 characters\n');
  });

  test('under npm, as a person starts it, stops whole when npm is told to stop', async () => {
    const env = { ...process.env, ...ports };
    const npm = spawn('npm', ['start'], { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
    running.push(npm);
    let output = '';
    npm.stdout.on('data', (chunk) => (output += chunk));
    await vi.waitFor(() => expect(output).toMatch(/^ready$/m), { timeout: 30_000, interval: 50 });
    npm.kill('SIGTERM');
    await vi.waitFor(() => expect(api('/api/v2/openapi.json')).rejects.toThrow(), { timeout: 10_000, interval: 50 });
    await vi.waitFor(() => expect(output).toContain('stopping'), { timeout: 10_000 });
  }, 60_000);

  test('a data folder that cannot be made, or that another stack uses, is refused by name', async () => {
    const nowhere = start('start.ts', { ...ports, LOCAL_DATA_DIR: '/proc/nowhere' });
    expect(await nowhere.ended).toBe(1);
    expect(nowhere.output()).toContain('LOCAL_DATA_DIR: /proc/nowhere cannot be used');

    const LOCAL_DATA_DIR = await mkdtemp(join(tmpdir(), 'calendar-sync-test-'));
    try {
      const first = start('start.ts', { ...ports, LOCAL_DATA_DIR });
      await ready(first);
      const second = start('start.ts', { PORT: '0', GOOGLE_PORT: '0', LOCAL_DATA_DIR });
      expect(await second.ended).toBe(1);
      expect(second.output()).toContain('another stack is using it');
      first.child.kill('SIGTERM');
      expect(await first.ended).toBe(0);
    } finally {
      await rm(LOCAL_DATA_DIR, { recursive: true, force: true });
    }
  }, 60_000);

  test('keeps what it knows in LOCAL_DATA_DIR', async () => {
    const LOCAL_DATA_DIR = await mkdtemp(join(tmpdir(), 'calendar-sync-test-'));
    try {
      const first = start('start.ts', { ...ports, LOCAL_DATA_DIR });
      await ready(first);
      await vi.waitFor(() => expect(first.output()).toContain('Synced a calendar'));
      const before = await tokenFor('demo-barber');
      first.child.kill('SIGINT');
      expect(await first.ended).toBe(0);

      const second = start('start.ts', { ...ports, LOCAL_DATA_DIR });
      await ready(second);
      const headers = { authorization: `Bearer ${before.trim()}` };
      expect((await api('/api/v2/calendar/real-time-sync/status', { headers })).status).toBe(200);
      expect(await statusOf('demo-barber')).toMatchObject({ calendars: [{ initialSyncComplete: true }] });
      second.child.kill('SIGTERM');
      expect(await second.ended).toBe(0);
    } finally {
      await rm(LOCAL_DATA_DIR, { recursive: true, force: true });
    }
  }, 60_000);

  test('prints one line, a token; --admin adds the scope; without a stack it says so', async () => {
    const env = { ...process.env, ...ports };
    const child = spawn(process.execPath, [join(root, 'infra/local/token.ts'), 'ann'], { env });
    expect(await text(child.stderr)).toContain('npm start');

    await ready(start('start.ts', ports));
    const claimsOf = (token: string) => JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
    const plain = await tokenFor('ann');
    expect(plain).toMatch(/^[\w.-]+\n$/);
    expect(claimsOf(plain)).toMatchObject({ sub: 'ann' });
    expect(claimsOf(plain).scope ?? '').not.toContain('admin');
    expect(claimsOf(await tokenFor('ann', '--admin')).scope).toContain('calendar-sync:admin');
  }, 40_000);

  test('with another Google named, starts none and connects nobody', async () => {
    const google = `http://127.0.0.1:${await freePort()}`;
    const command = start('start.ts', { ...ports, GOOGLE_API_ROOT_URL: google, GOOGLE_OAUTH_ROOT_URL: google });
    await ready(command);
    expect(command.output()).not.toContain('Connected');
    await expect(fetch(`http://127.0.0.1:${ports.GOOGLE_PORT}/control`)).rejects.toThrow();
    const token = (await tokenFor('ann')).trim();
    const connect = await api('/api/v2/calendar/connect', { headers: { authorization: `Bearer ${token}` } });
    const { authorizationUrl } = (await connect.json()) as { authorizationUrl: string };
    expect(authorizationUrl).toContain(`${google}/o/oauth2/v2/auth?`);
  }, 40_000);
});

describe('npm run demo', () => {
  const line = (story: RegExp) => new RegExp(`^✓ ${story.source} +\\d+ ms$`, 'm');
  const stories = [
    line(/A barber connects Google Calendar/),
    line(/An event made in Google appears as an appointment/),
    line(/It is moved to another day/),
    line(/It is deleted/),
    line(/A daily event, ten times, appears as ten appointments/),
    line(/A booking made through the API appears in Google/),
    line(/The barber moves it in Google: the booking follows/),
    line(/Both edit different parts at once: both edits are on both sides/),
    line(/The barber decides for our time: Google follows/),
    line(/The barber takes the consent back: the sync stops, and says so/),
    line(/Both sides went on meanwhile: after consent again each has what the other did/),
    line(/It is sent again once Google works: its event appears, no letter is left/),
  ];

  test('tells the story and measures 100 changes each way, and what time does to a connection', async () => {
    const command = start('demo.ts', {});
    expect(await command.ended, command.output()).toBe(0);
    for (const story of stories) expect(command.output()).toMatch(story);
    for (const direction of ['Google → appointments', 'appointments → Google']) {
      const measured = new RegExp(`^✓ ${direction}, 100 changes over 10 calendars: .* p95 (\\d+) ms`, 'm');
      const [, p95 = ''] = measured.exec(command.output()) ?? [];
      expect(Number.parseInt(p95, 10)).toBeLessThan(2_000);
    }
  }, 180_000);

  test('ends with 1 and the reason when it cannot', async () => {
    const DYNAMODB_ENDPOINT = `http://127.0.0.1:${await freePort()}`;
    const command = start('demo.ts', { DYNAMODB_ENDPOINT });
    expect(await command.ended).toBe(1);
    expect(command.output()).toContain(`ECONNREFUSED ${DYNAMODB_ENDPOINT.slice('http://'.length)}`);
  }, 40_000);

  test('stops at a step that never shows, and says which', async () => {
    const shown: Step = { story: 'One', act: async () => undefined, shows: async () => true };
    const told: string[] = [];
    const steps: Step[] = [shown, { ...shown, story: 'Two', shows: async () => false }, { ...shown, story: 'Three' }];
    await expect(tell(steps, (said) => told.push(said), 40)).rejects.toThrow('✗ Two: not within 40 ms');
    expect(told).toEqual([expect.stringMatching(/^✓ One +\d+ ms$/)]);
  });

  test('times a step from before it is begun', async () => {
    let now = 0;
    const act = async () => {
      now = 700;
    };
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => now);
    onTestFinished(() => clock.mockRestore());
    expect(await timeStep({ story: 'Slow to answer', act, shows: async () => true }, 5_000)).toBe(700);
  });
});

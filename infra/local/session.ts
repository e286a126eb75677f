/** Everything a laptop needs: Google (or its stand-in), the app synthesised from the bundles in dist/, and the stack that runs it. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Google, startGoogle } from '../../test/google/server.ts';
import { type StageConfig, stageConfig } from '../config.ts';
import { synthesise } from '../synth.ts';
import { freePort } from './aws/free-port.ts';
import { keptJson } from './aws/kept-json.ts';
import { claimDataDir } from './data-dir.ts';
import type { LocalSettings } from './settings.ts';
import { type LocalStack, type LocalStackOptions, startLocalStack } from './stack.ts';

export type Session = { stack: LocalStack; google: Google | undefined; config: StageConfig; stop(): Promise<void> };

type Extras = Partial<Pick<LocalStackOptions, 'onLog' | 'environment' | 'interpose' | 'visibilityTimeoutSeconds'>>;

/** Stops what it has started when a later part does not start. */
export async function startSession(settings: LocalSettings, extras: Extras = {}): Promise<Session> {
  const started: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (const stopOne of started.splice(0).reverse()) await stopOne();
  };
  try {
    if (settings.LOCAL_DATA_DIR !== undefined) started.push(await claimDataDir(settings.LOCAL_DATA_DIR));
    const google = await startStandIn(settings, started);
    const port = settings.PORT === 0 ? await freePort() : settings.PORT;
    const config = localConfig(settings, port, google);
    const assembly = await mkdtemp(join(tmpdir(), 'calendar-sync-'));
    started.push(() => rm(assembly, { recursive: true, force: true }));
    synthesise({ config, outdir: assembly });
    const stack = await startLocalStack({
      assembly,
      port,
      secrets: await secretsOf(settings, config),
      schedules: settings.SWEEP === 'on',
      ...(settings.LOCAL_DATA_DIR !== undefined && { dataDir: settings.LOCAL_DATA_DIR }),
      ...extras,
    });
    started.push(() => stack.stop());
    return { stack, google, config, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** With a data directory the stand-in remembers too, or a restart would look as if all events were gone. */
async function startStandIn(settings: LocalSettings, started: (() => Promise<void>)[]): Promise<Google | undefined> {
  if (settings.GOOGLE_API_ROOT_URL !== undefined) return undefined;
  const google = await startGoogle({ port: settings.GOOGLE_PORT, allowHttpWebhooks: true }).catch((cause: Error) => {
    throw new Error(`GOOGLE_PORT: ${cause.message}`, { cause });
  });
  started.push(() => google.stop());
  if (settings.LOCAL_DATA_DIR === undefined) return google;
  const kept = await keptJson(settings.LOCAL_DATA_DIR, 'google.json', () => google.control.exportState());
  google.control.importState(kept.value);
  const save = () => kept.save(google.control.exportState());
  const saving = setInterval(save, saveEveryMs); // What a kill leaves behind is at most this old.
  started.push(async () => {
    clearInterval(saving);
    save();
  });
  return google;
}

const saveEveryMs = 1_000;

function localConfig(settings: LocalSettings, port: number, google: Google | undefined): StageConfig {
  const { CORS_ORIGINS } = settings;
  const config = stageConfig('local', { CORS_ORIGINS });
  const apiUrl = `http://127.0.0.1:${port}`;
  return {
    ...config,
    webhookBaseUrl: settings.WEBHOOK_BASE_URL ?? apiUrl,
    webhookTtlHours: settings.WEBHOOK_TTL_HOURS ?? config.webhookTtlHours,
    auditRetentionDays: settings.AUDIT_RETENTION_DAYS ?? config.auditRetentionDays,
    notificationRetentionDays: settings.NOTIFICATION_RETENTION_DAYS ?? config.notificationRetentionDays,
    googleRedirectUri: settings.GOOGLE_REDIRECT_URI ?? `${apiUrl}/api/calendar/callback`,
    googleApiRootUrl: settings.GOOGLE_API_ROOT_URL ?? google?.url ?? '',
    googleOauthRootUrl: settings.GOOGLE_OAUTH_ROOT_URL ?? google?.url ?? '',
  };
}

async function secretsOf(settings: LocalSettings, { secretNames }: StageConfig): Promise<Record<string, string>> {
  const drawn = await keptJson(settings.LOCAL_DATA_DIR, 'webhook-key.json', () => randomBytes(32).toString('base64'));
  const webhookKey = settings.GOOGLE_WEBHOOK_SECRET ?? drawn.value;
  const { GOOGLE_CLIENT_ID: clientId, GOOGLE_CLIENT_SECRET: clientSecret } = settings;
  return {
    [secretNames.webhookKeys]: JSON.stringify({ active: 'k1', keys: { k1: webhookKey } }),
    [secretNames.googleOauth]: JSON.stringify({ clientId, clientSecret }),
  };
}

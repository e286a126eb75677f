/** `npm start`: the whole system on this machine. Prints every URL, then `ready`, then a line for each step of a sync. */
import { webhookPath } from '../../shared/notifications/webhook-path.ts';
import { build } from '../build.ts';
import { connectBarber } from './demo/barber.ts';
import { liveLine } from './live-line.ts';
import { type Session, startSession } from './session.ts';
import { readSettings } from './settings.ts';

const say = (line: string) => process.stdout.write(`${line}\n`);
const demoBarber = { userId: 'demo-barber', email: 'demo.barber@example.com' };

async function start(): Promise<void> {
  const settings = readSettings(process.env);
  await build();
  const starting = startSession(settings, { onLog: showLive });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void shutDown(starting));
  const session = await starting;

  if (session.google !== undefined) await connectBarber(session, demoBarber);
  describe(session);
  say('ready');
}

function describe({ stack, google, config }: Session): void {
  const urls: Record<string, string | undefined> = {
    API: stack.apiUrl,
    'API description': `${stack.apiUrl}/api/v2/openapi.json`,
    Webhook: config.webhookBaseUrl + webhookPath,
    'OAuth callback': config.googleRedirectUri,
    Google:
      google === undefined ? config.googleApiRootUrl : `${google.url} (stand-in; commands at ${google.url}/control)`,
    DynamoDB: stack.endpoints.dynamodb,
    SQS: stack.endpoints.sqs,
  };
  for (const [name, url] of Object.entries(urls)) say(`${name.padEnd(16)}${url}`);
  if (google === undefined) return;
  say(`Connected       ${demoBarber.userId} (${demoBarber.email})`);
  const token = `$(PORT=${new URL(stack.apiUrl).port} npm run --silent token -- ${demoBarber.userId})`;
  say(`Try             curl -H "Authorization: Bearer ${token}" ${stack.apiUrl}/api/v2/appointments`);
}

function showLive(functionName: string, line: string): void {
  const live = liveLine(functionName, line);
  if (live !== undefined) say(live);
}

let isStopping = false;

/** Orderly at the first signal, at once at the second. */
async function shutDown(starting: Promise<Session>): Promise<void> {
  if (isStopping) process.exit(1);
  isStopping = true;
  say('stopping');
  await (await starting).stop();
  process.exit(0);
}

start().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
});

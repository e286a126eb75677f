/** `npm run --silent token -- <userId> [--admin]`: prints a bearer token good for an hour at the running local stack. */
import { parseArgs } from 'node:util';
import { tokenPath } from './http/local-paths.ts';

const usage = 'usage: npm run --silent token -- <userId> [--admin]';

async function printToken(): Promise<void> {
  const { values, positionals } = parseArgs({ options: { admin: { type: 'boolean' } }, allowPositionals: true });
  const [userId, ...extra] = positionals;
  if (userId === undefined || extra.length > 0) throw new Error(usage);
  const origin = `http://127.0.0.1:${process.env.PORT ?? '3000'}`;
  const body = JSON.stringify({ userId, admin: values.admin ?? false });
  const response = await fetch(`${origin}${tokenPath}`, { method: 'POST', body }).catch((cause: unknown) => {
    throw new Error(`no local stack answers at ${origin}: run npm start first, or set PORT`, { cause });
  });
  if (!response.ok) throw new Error(`${origin} is not the local stack: it answered ${response.status}`);
  const { token } = (await response.json()) as { token: string };
  process.stdout.write(`${token}\n`);
}

printToken().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});

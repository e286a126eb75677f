/** The environment of each function, parsed once at start: a missing or malformed variable stops it with its name. */
import { en } from 'zod/locales';
import * as z from 'zod/mini';

/** https everywhere, but for plain http on this machine. */
const url = z.url({ protocol: /^https?$/, abort: true }).check(
  z.refine((value) => value.startsWith('https:') || isLoopback(value), {
    error: 'must be https (plain http is allowed on loopback only)',
  }),
);
const origin = z.pipe(
  url,
  z.transform((value) => new URL(value).origin),
);
const isLoopback = (value: string): boolean => ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(value).hostname);

const name = z.string().check(z.minLength(1));
const json = z.pipe(
  z.string(),
  z.transform((text, context) => {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      context.issues.push({ code: 'custom', message: 'must be JSON', input: text });
      return z.NEVER;
    }
  }),
);
const pages = z.pipe(json, z.record(z.string(), url));

const days = z.coerce.number().check(z.int(), z.minimum(1), z.maximum(3650));

const variables = {
  STAGE: name,
  TABLE_NAME: name,
  SYNC_QUEUE_URL: z.url(),
  DEAD_LETTER_QUEUE_URL: z.url(),
  WEBHOOK_KEYS_SECRET: name,
  GOOGLE_OAUTH_SECRET: name,
  VAULT_KEY_ID: name,
  WEBHOOK_BASE_URL: url,
  WEBHOOK_TTL_HOURS: z.coerce.number().check(z.minimum(1), z.maximum(720)),
  AUDIT_RETENTION_DAYS: days,
  NOTIFICATION_RETENTION_DAYS: days,
  GOOGLE_REDIRECT_URI: url,
  CALLBACK_PAGES: pages,
  GOOGLE_API_ROOT_URL: z.optional(origin),
  GOOGLE_OAUTH_ROOT_URL: z.optional(origin),
};

type Variables = typeof variables;

/** Reads the variables named. Throws an Error that names each one that is missing or malformed, without its value. */
export const readConfig = <Name extends keyof Variables>(
  environment: Record<string, string | undefined>,
  ...names: Name[]
): { [N in Name]: z.output<Variables[N]> } => {
  const shape = Object.fromEntries(names.map((variable) => [variable, variables[variable]]));
  const parsed = z.object(shape).safeParse(environment, { error: en().localeError });
  if (parsed.success) return parsed.data as { [N in Name]: z.output<Variables[N]> };
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new Error(`The environment is not as it should be. ${problems.join('. ')}`);
};

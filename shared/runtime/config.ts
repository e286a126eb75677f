/** The environment of each function, parsed once at start: a missing or malformed variable stops it with its name. */
import * as z from 'zod';

/** https everywhere, but for plain http on this machine. */
const url = z
  .url({ protocol: /^https?$/, abort: true })
  .refine((value) => value.startsWith('https:') || isLoopback(value), {
    error: 'must be https (plain http is allowed on loopback only)',
  });
const origin = url.transform((value) => new URL(value).origin);
const isLoopback = (value: string): boolean => ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(value).hostname);

const name = z.string().min(1);
const pages = z
  .string()
  .transform((text, context) => {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      context.addIssue('must be JSON');
      return z.NEVER;
    }
  })
  .pipe(z.record(z.string(), url));

const days = z.coerce.number().int().min(1).max(3650);

const variables = {
  STAGE: name,
  TABLE_NAME: name,
  SYNC_QUEUE_URL: z.url(),
  DEAD_LETTER_QUEUE_URL: z.url(),
  WEBHOOK_KEYS_SECRET: name,
  GOOGLE_OAUTH_SECRET: name,
  VAULT_KEY_ID: name,
  WEBHOOK_BASE_URL: url,
  WEBHOOK_TTL_HOURS: z.coerce.number().min(1).max(720),
  AUDIT_RETENTION_DAYS: days,
  NOTIFICATION_RETENTION_DAYS: days,
  GOOGLE_REDIRECT_URI: url,
  CALLBACK_PAGES: pages,
  GOOGLE_API_ROOT_URL: origin.optional(),
  GOOGLE_OAUTH_ROOT_URL: origin.optional(),
};

type Variables = typeof variables;

/** Reads the variables named. Throws an Error that names each one that is missing or malformed, without its value. */
export const readConfig = <Name extends keyof Variables>(
  environment: Record<string, string | undefined>,
  ...names: Name[]
): { [N in Name]: z.output<Variables[N]> } => {
  const shape = Object.fromEntries(names.map((variable) => [variable, variables[variable]]));
  const parsed = z.object(shape).safeParse(environment);
  if (parsed.success) return parsed.data as { [N in Name]: z.output<Variables[N]> };
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new Error(`The environment is not as it should be. ${problems.join('. ')}`);
};

/** The environment of `npm start`, with defaults that need no file to be edited. Throws an Error that names what is wrong. */
import * as z from 'zod';

const port = z
  .string()
  .regex(/^\d{1,5}$/, 'must be a port number')
  .transform(Number)
  .pipe(z.int().max(65_535));
const originUrl = z.url({ protocol: /^https?$/ }).transform((value) => new URL(value).origin);

const schema = z
  .object({
    PORT: port.default(3000),
    GOOGLE_PORT: port.default(3001),
    LOCAL_DATA_DIR: z.string().min(1).optional(),
    SWEEP: z.enum(['on', 'off']).default('on'),
    GOOGLE_API_ROOT_URL: originUrl.optional(),
    GOOGLE_OAUTH_ROOT_URL: originUrl.optional(),
    WEBHOOK_BASE_URL: z.url().optional(),
    CORS_ORIGINS: z.string().optional(),
    GOOGLE_REDIRECT_URI: z.url().optional(),
    WEBHOOK_TTL_HOURS: z.coerce.number().min(1).max(720).optional(),
    AUDIT_RETENTION_DAYS: z.coerce.number().optional(),
    NOTIFICATION_RETENTION_DAYS: z.coerce.number().optional(),
    GOOGLE_WEBHOOK_SECRET: z.string().min(32, 'must have at least 32 characters').optional(),
    GOOGLE_CLIENT_ID: z.string().min(1).default('local-client'),
    GOOGLE_CLIENT_SECRET: z.string().min(1).default('local-client-secret'),
  })
  .refine((given) => (given.GOOGLE_API_ROOT_URL === undefined) === (given.GOOGLE_OAUTH_ROOT_URL === undefined), {
    path: ['GOOGLE_API_ROOT_URL'],
    error: 'goes together with GOOGLE_OAUTH_ROOT_URL: set both or neither',
  });

export type LocalSettings = z.output<typeof schema>;

export function readSettings(environment: Record<string, string | undefined>): LocalSettings {
  const parsed = schema.safeParse(environment);
  if (parsed.success) return parsed.data;
  throw new Error(parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('\n'));
}

/** Secrets by name from Secrets Manager, parsed; read again after five minutes, so that a rotation is noticed. */
import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import * as z from 'zod/mini';
import { SecretMalformed } from '../domain/errors.ts';
import { type Instant, minute, plusMs, second } from '../domain/instant.ts';
import { deriveWebhookKey, type WebhookKeys } from '../notifications/channel-token.ts';

export type Secret<T> = () => Promise<T>;

/** What is asked of the SDK's client. */
export type SecretSource = { send(command: GetSecretValueCommand): Promise<{ SecretString?: string | undefined }> };

const keptMs = 5 * minute;
const retryMs = 10 * second;

/** Throws SecretMalformed, which names the secret and never says what is in it. */
export const readSecret = <T>(
  client: SecretSource,
  secretName: string,
  parse: (value: unknown) => T,
  now: () => Instant,
): Secret<T> => {
  let kept: { value: T; until: Instant } | undefined;
  let reading: Promise<T> | undefined;

  const read = async (): Promise<T> => {
    try {
      const value = await fetchSecret(client, secretName, parse);
      kept = { value, until: plusMs(now(), keptMs) };
      return value;
    } catch (error) {
      if (kept === undefined) throw error;
      kept = { ...kept, until: plusMs(now(), retryMs) }; // What was good a moment ago serves until it can be read again.
      return kept.value;
    } finally {
      reading = undefined;
    }
  };

  return async () => {
    if (kept !== undefined && now() < kept.until) return kept.value;
    reading ??= read();
    return reading;
  };
};

const fetchSecret = async <T>(client: SecretSource, secretName: string, parse: (value: unknown) => T): Promise<T> => {
  const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: secretName }));
  try {
    return parse(JSON.parse(SecretString ?? ''));
  } catch {
    // Without the cause, which would quote it.
    throw new SecretMalformed(`The secret ${secretName} is not of the form that docs/deploying.md gives`);
  }
};

const webhookKeysSchema = z
  .strictObject({
    active: z.string(),
    keys: z.record(z.string().check(z.regex(/^[a-z0-9]{1,8}$/)), z.string().check(z.minLength(32))),
  })
  .check(
    z.refine(({ active, keys }) => Object.hasOwn(keys, active), { error: 'the active key is not among the keys' }),
  );

/** `{ "active": "k1", "keys": { "k1": "<at least 32 characters>" } }` */
export const parseWebhookKeys =
  (stage: string) =>
  (value: unknown): WebhookKeys => {
    const { active, keys } = webhookKeysSchema.parse(value);
    return {
      active,
      keys: new Map(Object.entries(keys).map(([keyId, master]) => [keyId, deriveWebhookKey(master, stage)])),
    };
  };

const oauthClientSchema = z.strictObject({
  clientId: z.string().check(z.minLength(1)),
  clientSecret: z.string().check(z.minLength(1)),
});

/** `{ "clientId": "…", "clientSecret": "…" }` */
export const parseOAuthClient = (value: unknown) => oauthClientSchema.parse(value);

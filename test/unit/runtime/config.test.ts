import { describe, expect, test } from 'vitest';
import { readConfig } from '../../../shared/runtime/config.ts';

const environment = {
  STAGE: 'test',
  TABLE_NAME: 'calendar-sync',
  SYNC_QUEUE_URL: 'https://sqs.eu-central-1.amazonaws.com/123456789012/hints.fifo',
  DEAD_LETTER_QUEUE_URL: 'https://sqs.eu-central-1.amazonaws.com/123456789012/dead-letters.fifo',
  WEBHOOK_KEYS_SECRET: 'calendar-sync/webhook-keys',
  GOOGLE_OAUTH_SECRET: 'calendar-sync/google-oauth',
  VAULT_KEY_ID: 'alias/calendar-sync',
  WEBHOOK_BASE_URL: 'https://hooks.example.com',
  WEBHOOK_TTL_HOURS: '24',
  AUDIT_RETENTION_DAYS: '365',
  NOTIFICATION_RETENTION_DAYS: '30',
  GOOGLE_REDIRECT_URI: 'https://api.example.com/api/calendar/callback',
  CALLBACK_PAGES: '{"settings":"https://app.example.com/settings"}',
};
type Name = keyof typeof environment;
const names = Object.keys(environment) as Name[];

const messageOf = (
  variables: Record<string, string | undefined>,
  ...asked: Parameters<typeof readConfig>[1][]
): string => {
  try {
    readConfig(variables, ...asked);
  } catch (error) {
    return (error as Error).message;
  }
  return '';
};

test('what is asked for is read, in its own type, and nothing else', () => {
  const asked = readConfig(environment, 'TABLE_NAME', 'WEBHOOK_TTL_HOURS', 'CALLBACK_PAGES', 'GOOGLE_API_ROOT_URL');
  expect(asked).toEqual({
    TABLE_NAME: 'calendar-sync',
    WEBHOOK_TTL_HOURS: 24,
    CALLBACK_PAGES: { settings: 'https://app.example.com/settings' },
  });
});

describe('a function stops at start, and the message names the variable', () => {
  test.each(names)('%s, when it is missing', (name) => {
    expect(messageOf({ ...environment, [name]: undefined }, ...names)).toContain(`${name}: `);
  });

  test.each(names)('%s, when it is empty', (name) => {
    expect(messageOf({ ...environment, [name]: '' }, ...names)).toContain(`${name}: `);
  });

  test('each of several', () => {
    const message = messageOf({}, ...names);
    expect(names.filter((name) => !message.includes(`${name}: `))).toEqual([]);
  });

  test.each<[Parameters<typeof readConfig>[1], string]>([
    ['SYNC_QUEUE_URL', 'secret'],
    ['WEBHOOK_BASE_URL', 'secret'],
    ['WEBHOOK_BASE_URL', '//secret.example.com'],
    ['WEBHOOK_BASE_URL', 'ftp://secret.example.com'],
    ['WEBHOOK_BASE_URL', 'javascript:alert("secret")'],
    ['WEBHOOK_BASE_URL', 'http://secret.example.com'],
    ['WEBHOOK_BASE_URL', 'http://127.0.0.1.secret.example.com'],
    ['WEBHOOK_BASE_URL', 'http://localhost@secret.example.com'],
    ['WEBHOOK_TTL_HOURS', 'secret'],
    ['WEBHOOK_TTL_HOURS', '0'],
    ['WEBHOOK_TTL_HOURS', '721'],
    ['WEBHOOK_TTL_HOURS', 'NaN'],
    ['AUDIT_RETENTION_DAYS', '0'],
    ['AUDIT_RETENTION_DAYS', '1.5'],
    ['NOTIFICATION_RETENTION_DAYS', '3651'],
    ['NOTIFICATION_RETENTION_DAYS', 'secret'],
    ['GOOGLE_REDIRECT_URI', 'secret'],
    ['CALLBACK_PAGES', 'secret'],
    ['CALLBACK_PAGES', '["https://secret.example.com"]'],
    ['CALLBACK_PAGES', '{"settings":"secret"}'],
    ['CALLBACK_PAGES', '{"settings":"javascript:secret"}'],
    ['CALLBACK_PAGES', '{"settings":7}'],
    ['GOOGLE_API_ROOT_URL', ''],
    ['GOOGLE_API_ROOT_URL', 'secret'],
    ['GOOGLE_OAUTH_ROOT_URL', 'http://secret.example.com'],
  ])('[F61] %s=%s, and does not show the value', (name, value) => {
    const message = messageOf({ ...environment, [name]: value }, name);
    expect(message).toMatch(new RegExp(`${name}(\\.settings)?: `));
    expect(message).not.toContain('secret');
  });
});

test.each(['1', '720'])('a channel may be asked to live %s hours', (hours) => {
  expect(readConfig({ WEBHOOK_TTL_HOURS: hours }, 'WEBHOOK_TTL_HOURS')).toEqual({ WEBHOOK_TTL_HOURS: Number(hours) });
});

test('another Google need not be named', () => {
  expect(readConfig({}, 'GOOGLE_API_ROOT_URL', 'GOOGLE_OAUTH_ROOT_URL')).toEqual({});
});

describe('plain http', () => {
  test.each(['http://127.0.0.1:3000', 'http://localhost:3000', 'http://[::1]:3000'])('%s is this machine', (url) => {
    expect(readConfig({ WEBHOOK_BASE_URL: url }, 'WEBHOOK_BASE_URL').WEBHOOK_BASE_URL).toBe(url);
  });
});

test('a root is an origin, with or without a slash at its end', () => {
  const roots = readConfig({ GOOGLE_API_ROOT_URL: 'http://127.0.0.1:3001/' }, 'GOOGLE_API_ROOT_URL');
  expect(roots).toEqual({ GOOGLE_API_ROOT_URL: 'http://127.0.0.1:3001' });
});

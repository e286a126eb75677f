/** What a stranger is answered, and what is told apart about it for those who look after the system. */
import { beforeEach, expect, test, vi } from 'vitest';
import { receiveWith } from '../../../functions/webhook-receiver/receive.ts';
import { asId, type ChannelId } from '../../../shared/domain/ids.ts';
import { minute, plusMs } from '../../../shared/domain/instant.ts';
import { createChannelToken } from '../../../shared/notifications/channel-token.ts';
import { createEmitter, createLog } from '../../../shared/runtime/observability.ts';
import { parseWebhookKeys } from '../../../shared/runtime/secrets.ts';
import { linesOf } from '../../support/captured-output.ts';
import { calendarKey, now } from '../../support/samples.ts';

beforeEach(() => {
  vi.stubEnv('POWERTOOLS_METRICS_NAMESPACE', 'BookedBarber/CalendarSync');
  return () => vi.unstubAllEnvs();
});

const channelId = asId<ChannelId>('channel-1');
const keysOf = (master: string) => parseWebhookKeys('test')({ active: 'k1', keys: { k1: master.repeat(32) } });
const keys = keysOf('m');
const tokenBy = (signedWith: typeof keys, expiresInMs: number) =>
  createChannelToken(signedWith, channelId, { calendarKey, connectGeneration: 1, expiresAt: plusMs(now, expiresInMs) });

const headersWith = (token: string) => ({
  'x-goog-channel-id': channelId,
  'x-goog-channel-token': token,
  'x-goog-message-number': '7',
  'x-goog-resource-id': 'resource-1',
  'x-goog-resource-state': 'exists',
});

const answerTo = async (headers: Record<string, string>) => {
  const sent: unknown[] = [];
  let reply: unknown;
  const lines = await linesOf(async () => {
    const queue = { send: async (envelope: unknown) => void sent.push(envelope) };
    const deps = { webhookKeys: async () => keys, queue, now: () => now, log: createLog(), emit: createEmitter() };
    reply = await receiveWith(deps)({ headers }, { awsRequestId: 'lambda-1' });
  });
  return { reply, sent, lines };
};

test.each([
  ['no headers', 'malformed', {}],
  ['a token of another form', 'malformed', headersWith('canary')],
  ['a token of another key', 'forged', headersWith(tokenBy(keysOf('x'), minute))],
  ['a token that has ended', 'expired', headersWith(tokenBy(keys, -minute))],
])('[R15] with %s it is a bare 404, and its one line, a metric, says %s', async (_, reason, headers) => {
  const { reply, sent, lines } = await answerTo(headers);
  expect(reply).toEqual({ statusCode: 404 });
  expect(sent).toEqual([]);
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ NotificationRejected: 1, reason });
  for (const value of Object.values(headers)) expect(lines[0]).not.toContain(`"${value}"`);
});

test('Google’s are counted without a reason', async () => {
  const { reply, sent, lines } = await answerTo(headersWith(tokenBy(keys, minute)));
  expect(reply).toEqual({ statusCode: 204 });
  expect(sent).toHaveLength(1);
  expect(JSON.parse(lines[0] ?? '')).not.toHaveProperty('reason');
});

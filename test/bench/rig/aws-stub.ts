/** Answers Secrets Manager and SQS on loopback with the least that the SDK accepts, so that its callers are what is measured. */
import { createHash, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export type AwsStub = { url: string; calls: () => number; stop: () => Promise<void> };

export const webhookSecret = { active: 'k1', keys: { k1: randomBytes(32).toString('base64') } };

export const startAwsStub = async (): Promise<AwsStub> => {
  let calls = 0;
  const server = createServer(async (request, response) => {
    calls += 1;
    const body = JSON.parse(await text(request));
    const answer =
      request.headers['x-amz-target'] === 'AmazonSQS.SendMessage'
        ? { MessageId: 'm', MD5OfMessageBody: createHash('md5').update(body.MessageBody).digest('hex') }
        : { SecretString: JSON.stringify(webhookSecret) };
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' }).end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls: () => calls,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

/** What Lambda and the template give a function, aimed at the stub. */
export const environmentAt = (url: string): Record<string, string> => ({
  PATH: process.env.PATH ?? '',
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'local',
  AWS_SECRET_ACCESS_KEY: 'local',
  AWS_CONFIG_FILE: '/dev/null',
  AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  AWS_ENDPOINT_URL: url,
  AWS_LAMBDA_FUNCTION_NAME: 'bench',
  POWERTOOLS_SERVICE_NAME: 'bench',
  POWERTOOLS_METRICS_NAMESPACE: 'BookedBarber/CalendarSync',
  STAGE: 'bench',
  TABLE_NAME: 'table',
  SYNC_QUEUE_URL: `${url}/000000000000/hints.fifo`,
  DEAD_LETTER_QUEUE_URL: `${url}/000000000000/dead-letters.fifo`,
  WEBHOOK_KEYS_SECRET: 'webhook-keys',
  GOOGLE_OAUTH_SECRET: 'google-oauth',
  VAULT_KEY_ID: 'key',
  WEBHOOK_BASE_URL: 'https://hooks.example.com',
  WEBHOOK_TTL_HOURS: '24',
  AUDIT_RETENTION_DAYS: '365',
  NOTIFICATION_RETENTION_DAYS: '30',
  GOOGLE_REDIRECT_URI: 'https://api.example.com/api/calendar/callback',
  CALLBACK_PAGES: '{}',
});

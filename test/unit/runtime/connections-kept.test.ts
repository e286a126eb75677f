/** Calls one after the other go over one connection: counted at a server, because each new one costs handshakes. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { DescribeKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { ListSecretsCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { clientDefaults } from '../../../infra/local/aws/place.ts';
import { type Listening, listenLocally } from '../../../infra/local/http/listen.ts';
import { googleCalendar } from '../../../shared/google/calendar-client.ts';
import { googleOAuth } from '../../../shared/google/oauth.ts';
import { impatient, patient } from '../../../shared/runtime/aws-clients.ts';

const calls = 5;
let server: Listening;
let connections: number;
let answers: object;
let requests: number;

beforeEach(async () => {
  [connections, requests] = [0, 0];
  const http = createServer((request: IncomingMessage, response: ServerResponse) => {
    requests++;
    request.resume().on('end', () => {
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answers));
    });
  });
  http.on('connection', () => connections++);
  server = await listenLocally(http);
});
afterEach(() => server.stop());

const inTurn = async (call: () => Promise<unknown>): Promise<void> => {
  for (let index = 0; index < calls; index++) await call();
  expect(requests).toBe(calls);
};

describe.each([
  ['impatient', impatient],
  ['patient', patient],
])('AWS clients (%s)', (_, settings) => {
  const clients = {
    DynamoDB: () => {
      const client = new DynamoDBClient({ ...clientDefaults, ...settings, endpoint: server.url });
      return () => client.send(new ListTablesCommand({}));
    },
    SQS: () => {
      const client = new SQSClient({ ...clientDefaults, ...settings, endpoint: server.url });
      return () => client.send(new ListQueuesCommand({}));
    },
    KMS: () => {
      const client = new KMSClient({ ...clientDefaults, ...settings, endpoint: server.url });
      return () => client.send(new DescribeKeyCommand({ KeyId: 'key' }));
    },
    'Secrets Manager': () => {
      const client = new SecretsManagerClient({ ...clientDefaults, ...settings, endpoint: server.url });
      return () => client.send(new ListSecretsCommand({}));
    },
  };

  test.each(Object.entries(clients))('%s', async (_, open) => {
    answers = {};
    await inTurn(open());
    expect(connections).toBe(1);
  });
});

describe('Google', () => {
  test('the calendar', async () => {
    answers = { items: [], nextSyncToken: 'token' };
    const google = googleCalendar(`${server.url}/`);
    const caller = { accessToken: 'token', quotaUser: 'user' };
    await inTurn(() => google.listCalendars(caller));
    expect(connections).toBe(1);
  });

  test('tokens', async () => {
    answers = { access_token: 'a', expires_in: 3600, scope: 'a', token_type: 'Bearer' };
    const endpoints = { authorize: server.url, token: `${server.url}/token`, revoke: `${server.url}/revoke` };
    const oauth = googleOAuth({ clientId: 'id', clientSecret: 'secret' }, endpoints);
    await inTurn(() => oauth.refresh('refresh'));
    expect(connections).toBe(1);
  });
});

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DecryptCommand, GenerateDataKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { GetSecretValueCommand, PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { expect, onTestFinished, test } from 'vitest';
import { startKms } from '../../../infra/local/aws/kms.ts';
import { clientDefaults } from '../../../infra/local/aws/place.ts';
import { startSecretsManager } from '../../../infra/local/aws/secrets-manager.ts';

async function secretsClient(secrets: Record<string, string>): Promise<SecretsManagerClient> {
  const { url: endpoint, stop } = await startSecretsManager(secrets);
  onTestFinished(stop);
  return new SecretsManagerClient({ ...clientDefaults, endpoint });
}

test('a secret is found by name and by ARN', async () => {
  const client = await secretsClient({ 'app/keys': 'the value' });
  const { SecretString, ARN } = await client.send(new GetSecretValueCommand({ SecretId: 'app/keys' }));
  expect(SecretString).toBe('the value');
  for (const SecretId of [ARN, 'arn:aws:secretsmanager:us-east-1:000000000000:secret:app/keys']) {
    expect(await client.send(new GetSecretValueCommand({ SecretId }))).toMatchObject({ SecretString: 'the value' });
  }
});

test('a secret that was not given is not found, and the name says which', async () => {
  const client = await secretsClient({});
  const asked = client.send(new GetSecretValueCommand({ SecretId: 'app/other' }));
  await expect(asked).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
    message: expect.stringContaining('app/other'),
  });
});

async function kmsClient(keyIds: string[], dataDir?: string): Promise<KMSClient> {
  const { url: endpoint, stop } = await startKms(keyIds, dataDir);
  onTestFinished(stop);
  return new KMSClient({ ...clientDefaults, endpoint });
}

const context = { user: 'barber-1', provider: 'google' };
const generate = (KeyId: string) =>
  new GenerateDataKeyCommand({ KeyId, KeySpec: 'AES_256', EncryptionContext: context });

test('a data key comes back under the same context, in whatever order it is written', async () => {
  const client = await kmsClient(['vault']);
  const { Plaintext, CiphertextBlob } = await client.send(generate('vault'));
  expect(Plaintext).toHaveLength(32);
  const EncryptionContext = { provider: 'google', user: 'barber-1' };
  const opened = await client.send(new DecryptCommand({ CiphertextBlob, EncryptionContext }));
  expect(opened).toMatchObject({ Plaintext, KeyId: 'arn:aws:kms:us-east-1:000000000000:key/vault' });
});

test('every data key is another one', async () => {
  const client = await kmsClient(['vault']);
  const [one, two] = [await client.send(generate('vault')), await client.send(generate('vault'))];
  expect(one.Plaintext).not.toEqual(two.Plaintext);
});

test.each([
  ['another context', { user: 'barber-2', provider: 'google' }],
  ['no context', undefined],
])('[R15] a data key does not open under %s', async (_what, EncryptionContext) => {
  const client = await kmsClient(['vault']);
  const { CiphertextBlob } = await client.send(generate('vault'));
  const opening = client.send(new DecryptCommand({ CiphertextBlob, EncryptionContext }));
  await expect(opening).rejects.toMatchObject({ name: 'InvalidCiphertextException' });
});

test('a changed blob does not open', async () => {
  const client = await kmsClient(['vault']);
  const { CiphertextBlob = new Uint8Array() } = await client.send(generate('vault'));
  const changed = CiphertextBlob.with(-1, (CiphertextBlob.at(-1) ?? 0) ^ 1);
  const opening = client.send(new DecryptCommand({ CiphertextBlob: changed, EncryptionContext: context }));
  await expect(opening).rejects.toMatchObject({ name: 'InvalidCiphertextException' });
});

test('a key that the template does not have is not found', async () => {
  const client = await kmsClient(['vault']);
  await expect(client.send(generate('other'))).rejects.toMatchObject({ name: 'NotFoundException' });
});

test('an action that is not served says so', async () => {
  const client = await kmsClient(['vault']);
  const { ListKeysCommand } = await import('@aws-sdk/client-kms');
  await expect(client.send(new ListKeysCommand())).rejects.toMatchObject({ name: 'UnknownOperationException' });
});

test('with a data folder the key survives a restart', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'local-kms-'));
  onTestFinished(() => rm(dataDir, { recursive: true }));
  const { CiphertextBlob, Plaintext } = await (await kmsClient(['vault'], dataDir)).send(generate('vault'));
  const later = await kmsClient(['vault'], dataDir);
  expect(await later.send(new DecryptCommand({ CiphertextBlob, EncryptionContext: context }))).toMatchObject({
    Plaintext,
  });
});

test('a secret is changed while the stack runs, and one that is not there is not made', async () => {
  const client = await secretsClient({ 'app/keys': 'the value' });
  await client.send(new PutSecretValueCommand({ SecretId: 'app/keys', SecretString: 'another' }));
  expect(await client.send(new GetSecretValueCommand({ SecretId: 'app/keys' }))).toMatchObject({
    SecretString: 'another',
  });
  const absent = client.send(new PutSecretValueCommand({ SecretId: 'app/none', SecretString: 'x' }));
  await expect(absent).rejects.toThrow(/there is no local secret/);
});

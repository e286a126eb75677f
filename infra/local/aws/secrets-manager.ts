/** Secrets Manager's GetSecretValue and PutSecretValue, by secret name. What is put is gone when the stack stops. */
import { randomUUID } from 'node:crypto';
import type { Listening } from '../http/listen.ts';
import { type JsonRecord, textOf } from '../template/json.ts';
import { AwsError, serveAwsJson } from './aws-json.ts';
import { arnOf } from './place.ts';

export function startSecretsManager(initial: Record<string, string>): Promise<Listening> {
  const secrets = { ...initial };
  const answerFor = (name: string): JsonRecord => ({
    ARN: arnOf('secretsmanager', `secret:${name}-Local0`),
    Name: name,
    VersionStages: ['AWSCURRENT'],
  });
  return serveAwsJson({
    GetSecretValue: ({ SecretId }) => {
      const name = nameOf(textOf(SecretId, 'SecretId'));
      const value = secrets[name];
      if (value === undefined) throw new AwsError('ResourceNotFoundException', `there is no local secret ${name}`);
      return { ...answerFor(name), SecretString: value };
    },
    PutSecretValue: ({ SecretId, SecretString }) => {
      const name = nameOf(textOf(SecretId, 'SecretId'));
      if (secrets[name] === undefined)
        throw new AwsError('ResourceNotFoundException', `there is no local secret ${name}`);
      secrets[name] = textOf(SecretString, 'SecretString');
      return { ...answerFor(name), VersionId: randomUUID() };
    },
  });
}

/** A secret is asked for by name, by ARN, or by an ARN without the six characters that AWS adds. */
function nameOf(secretId: string): string {
  return secretId.replace(/^arn:aws:secretsmanager:[^:]*:[^:]*:secret:/, '').replace(/-Local0$/, '');
}

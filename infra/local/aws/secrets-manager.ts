/** Secrets Manager's GetSecretValue over values that the local stack was started with, by secret name. */

import type { Listening } from '../http/listen.ts';
import { textOf } from '../template/json.ts';
import { AwsError, serveAwsJson } from './aws-json.ts';
import { arnOf } from './place.ts';

export function startSecretsManager(secrets: Record<string, string>): Promise<Listening> {
  return serveAwsJson({
    GetSecretValue: ({ SecretId }) => {
      const name = nameOf(textOf(SecretId, 'SecretId'));
      const value = secrets[name];
      if (value === undefined) throw new AwsError('ResourceNotFoundException', `there is no local secret ${name}`);
      return {
        ARN: arnOf('secretsmanager', `secret:${name}-Local0`),
        Name: name,
        SecretString: value,
        VersionStages: ['AWSCURRENT'],
      };
    },
  });
}

/** A secret is asked for by name, by ARN, or by an ARN without the six characters that AWS adds. */
function nameOf(secretId: string): string {
  return secretId.replace(/^arn:aws:secretsmanager:[^:]*:[^:]*:secret:/, '').replace(/-Local0$/, '');
}

/** Where the local stack pretends to be. */
export const region = 'us-east-1';
export const accountId = '000000000000';

/** Base addresses of the services that functions call. */
export type Endpoints = { dynamodb: string; sqs: string; secretsManager: string; kms: string };

/** The SDK asks for credentials and a region; the local engines check neither. */
export const clientDefaults = { region, credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };

export function arnOf(service: string, resource: string): string {
  return `arn:aws:${service}:${region}:${accountId}:${resource}`;
}

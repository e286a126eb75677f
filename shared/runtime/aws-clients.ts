/** Settings of the AWS clients: every wait has an end, connections stay open between invocations, and signing is cheap. */
import { createHash, createHmac, createSecretKey, type Hash, type Hmac, type KeyObject } from 'node:crypto';
import type { ClientDefaults } from '@aws-sdk/client-sqs';

type Bytes = ArrayBuffer | ArrayBufferView;
type Data = string | Bytes;

const viewOf = (bytes: Bytes): Uint8Array =>
  ArrayBuffer.isView(bytes) ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength) : new Uint8Array(bytes);

/** The day's signing key, which the SDK keeps: gone when that one is. */
const keysOfBytes = new WeakMap<Bytes, KeyObject>();

const keyOfBytes = (secret: Bytes): KeyObject => {
  const key = keysOfBytes.get(secret) ?? createSecretKey(viewOf(secret));
  keysOfBytes.set(secret, key);
  return key;
};

/** The secret access key: a function has one at a time. */
let latest: { secret: string; key: KeyObject } | undefined;

const keyOfText = (secret: string): KeyObject => {
  if (latest?.secret !== secret) latest = { secret, key: createSecretKey(secret, 'utf8') };
  return latest.key;
};

const begin = (secret: Data | undefined): Hash | Hmac => {
  if (secret === undefined) return createHash('sha256');
  return createHmac('sha256', typeof secret === 'string' ? keyOfText(secret) : keyOfBytes(secret));
};

/**
 * The SHA-256 that requests are signed with. The SDK's own makes a key object of the secret for each of the two MACs of a
 * request, which takes several times as long as the MACs themselves; this one keeps those that it has made. A class, because
 * the SDK says `new`.
 */
export class SigningHash {
  readonly #secret: Data | undefined;
  #hash: Hash | Hmac;

  constructor(secret?: Data) {
    this.#secret = secret;
    this.#hash = begin(secret);
  }

  update(chunk: Data): void {
    this.#hash.update(typeof chunk === 'string' ? chunk : viewOf(chunk));
  }

  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.#hash.digest());
  }

  reset(): void {
    this.#hash = begin(this.#secret);
  }
}

type Settings = Pick<ClientDefaults, 'maxAttempts' | 'requestHandler' | 'sha256'>;

/** Without `throwOnRequestTimeout` the client only warns when its time is up. */
const withinMs = (requestTimeout: number, maxAttempts: number): Settings => ({
  maxAttempts,
  requestHandler: { connectionTimeout: 1_000, requestTimeout, throwOnRequestTimeout: true },
  sha256: SigningHash,
});

/** For a caller that must be answered within seconds. */
export const impatient = withinMs(2_000, 3);

/** For work in the background. */
export const patient = withinMs(5_000, 4);

/** [R15] Our HMAC-SHA-256, of channel tokens and of requests to AWS, against the vectors of Project Wycheproof. */
import { createHmac, createSecretKey, timingSafeEqual } from 'node:crypto';
import { expect, test } from 'vitest';
import { SigningHash } from '../../../shared/runtime/aws-clients.ts';
import vectors from './hmac-sha256.json' with { type: 'json' };

const bytes = (hex: string) => Buffer.from(hex, 'hex');

test.each(vectors.tests)('$tcId, $comment: $result', async ({ key, msg, tag, result }) => {
  const ofToken = createHmac('sha256', createSecretKey(bytes(key)))
    .update(bytes(msg))
    .digest();
  expect(timingSafeEqual(ofToken, bytes(tag))).toBe(result === 'valid');

  const ofRequest = new SigningHash(bytes(key));
  ofRequest.update(bytes(msg));
  expect(Buffer.from(await ofRequest.digest())).toEqual(ofToken);
});

/** [R15] The keys of channel tokens are derived as Project Wycheproof's vectors say (shared/notifications/channel-token.ts). */
import { hkdfSync } from 'node:crypto';
import { expect, test } from 'vitest';
import vectors from './hkdf-sha256.json' with { type: 'json' };

const bytes = (hex: string) => Buffer.from(hex, 'hex');

test.each(vectors.tests)('$tcId, $comment: $result', ({ ikm, salt, info, size, okm, result }) => {
  const derive = () => Buffer.from(hkdfSync('sha256', bytes(ikm), bytes(salt), bytes(info), size)).toString('hex');
  if (result === 'valid') expect(derive()).toBe(okm);
  else expect(derive).toThrow('Invalid key length');
});

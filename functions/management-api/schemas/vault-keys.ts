/** The data keys of the token vault, by name: never a key, wrapped or not. */
import * as z from 'zod/mini';

const id = z.string().check(z.regex(/^k\d{1,6}$/, 'Must be the id of a data key, such as k1'));

export const activeKey = z.strictObject({
  id,
  since: z.optional(z.iso.datetime().check(z.describe('Absent until the first rotation'))),
});

export const vaultKeysReply = z.strictObject({
  active: activeKey.check(z.describe('New tokens are sealed under it; environments follow within five minutes')),
  items: z.array(
    z.strictObject({
      id,
      madeAt: z.optional(z.iso.datetime()),
      active: z.boolean(),
      inUse: z.boolean().check(z.describe('Whether tokens that are kept need it')),
    }),
  ),
});

export const rotateReply = activeKey;

export const resealReply = z.strictObject({
  resealed: z.int().check(z.describe('Connections whose tokens are under the active key now')),
  failed: z.int().check(z.describe('Connections whose tokens could not be opened; the log says why')),
  more: z.boolean().check(z.describe('Whether to ask again')),
});

export const retireBody = z.strictObject({ id });

export const retireReply = z.strictObject({ retired: id });

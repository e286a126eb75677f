/** The management API on Lambda: what it runs on, the clock and the ids of its requests. */
import { randomUUID } from 'node:crypto';
import { asId } from '../../shared/domain/ids.ts';
import { instantAt } from '../../shared/domain/instant.ts';
import { assemble } from './assemble.ts';
import { respondWith } from './respond.ts';

export const handler = respondWith({
  ...assemble(process.env),
  stamp: () => ({ now: instantAt(Date.now()), chainId: asId(randomUUID()) }),
});

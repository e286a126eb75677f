/** The management API on Lambda: what it runs on, the clock and the ids of its requests. */
import { randomUUID } from 'node:crypto';
import { asId, type ChainId } from '../../shared/domain/ids.ts';
import { instantAt } from '../../shared/domain/instant.ts';
import { assemble } from './assemble.ts';
import { respondWith } from './respond.ts';

const { routes, log } = assemble(process.env);
const stamp = () => ({ now: instantAt(Date.now()), chainId: asId<ChainId>(randomUUID()) });
const respond = respondWith({ routes, log, stamp });

export const handler = (...[event, context]: Parameters<typeof respond>) => {
  log.begin({ ...context, requestId: event.requestContext.requestId });
  return respond(event, context);
};

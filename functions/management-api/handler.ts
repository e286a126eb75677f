/** The management API on Lambda: what it runs on, the clock and the ids of its requests. */
import { randomUUID } from 'node:crypto';
import { asId, type ChainId } from '../../shared/domain/ids.ts';
import { instantAt } from '../../shared/domain/instant.ts';
import { createEmitter } from '../../shared/runtime/observability.ts';
import { assemble } from './assemble.ts';
import { respondWith } from './respond.ts';

const { routes, log } = assemble(process.env);
const stamp = () => ({ now: instantAt(Date.now()), chainId: asId<ChainId>(randomUUID()) });
const emit = createEmitter();
const respond = respondWith({ routes, log, stamp });

export const handler = async (...[event, context]: Parameters<typeof respond>) => {
  log.begin({ ...context, requestId: event.requestContext.requestId });
  const result = await respond(event, context);
  emit({ RequestFailed: Number((result.statusCode ?? 200) >= 500) });
  return result;
};

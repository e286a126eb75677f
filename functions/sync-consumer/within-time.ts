/** Gives up waiting for work that takes too long, so that the others of its batch need not suffer for it [R10]. */
import { RetryLater } from '../../shared/domain/errors.ts';

/**
 * The work itself goes on unheard until the invocation ends. What it still stores is held to where its calendar was when it
 * began, and each appointment to how it was read (pull/fence.ts), like any late worker's [R13].
 */
export const withinTime = async <T>(work: Promise<T>, ms: number): Promise<T> => {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new RetryLater('Out of time')), ms);
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
};

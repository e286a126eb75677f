/** Gives up waiting for work that takes too long, so that the others of its batch need not suffer for it [R10]. */
import { RetryLater } from '../../shared/domain/errors.ts';

/** Does something later; what it gives back calls that off. */
export type After = (ms: number, act: () => void) => () => void;

export const afterMs: After = (ms, act) => {
  const timer = setTimeout(act, ms);
  return () => clearTimeout(timer);
};

/**
 * The work itself continues unnoticed until the invocation ends. Its writes still depend on its calendar being where it was
 * when it began, and each appointment as it was read (pull/fence.ts), like any late worker's [R13].
 */
export const withinTime = async <T>(work: Promise<T>, ms: number, after: After): Promise<T> => {
  const { promise, reject } = Promise.withResolvers<never>();
  const callOff = after(ms, () => reject(new RetryLater('Out of time')));
  try {
    return await Promise.race([work, promise]);
  } finally {
    callOff();
  }
};

/** One call of Google's API: in whose name it is made, how long it may take, and what its failure means. */
import type { Caller } from './calendar-api.ts';
import { GoogleError, toGoogleError } from './google-error.ts';
import type { Outcome } from './outcomes.ts';

const requestTimeoutMs = 15_000;
/** Ten times what a page of 2,500 ordinary events takes; an answer beyond that would cost the worker its memory [R11]. */
const maxAnswerBytes = 64 * 2 ** 20;

export const as = ({ quotaUser }: Caller) => ({ quotaUser });

/**
 * `etag`: the call is refused unless this is still the event's version. Google's API answers where it is asked: whoever sends
 * us elsewhere is not followed, and is told no token.
 */
export const options = ({ accessToken }: Caller, etag?: string) => ({
  headers: { authorization: `Bearer ${accessToken}`, ...(etag !== undefined && { 'if-match': etag }) },
  retry: false,
  redirect: 'error' as const,
  timeout: requestTimeoutMs,
  maxContentLength: maxAnswerBytes,
});

export const ask = async (operation: string, request: () => Promise<{ data: unknown }>): Promise<unknown> => {
  try {
    return (await request()).data;
  } catch (cause) {
    throw toGoogleError(operation, cause);
  }
};

export const isOneOf = (error: unknown, ...outcomes: Outcome[]): boolean =>
  error instanceof GoogleError && outcomes.includes(error.outcome);

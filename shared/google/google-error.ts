/** An unsuccessful answer from Google, with what it means for us. */
import * as z from 'zod/mini';
import { type Outcome, outcomeOf } from './outcomes.ts';
import { retryAfterMs } from './retry-after.ts';

export class GoogleError extends Error {
  override readonly name = 'GoogleError';
  /** What was asked of Google, such as `events.list`. */
  readonly operation: string;
  readonly outcome: Outcome;
  readonly status: number | undefined;
  /** Google's own word, such as `rateLimitExceeded`. */
  readonly reason: string | undefined;
  /** How long Google asks us to wait. */
  readonly retryAfterMs: number | undefined;

  constructor(
    operation: string,
    status: number | undefined,
    given: string | undefined,
    cause: unknown,
    retryAfterMs?: number,
  ) {
    const reason = wordOnly(given);
    super(`Google answered ${operation} with ${status ?? 'nothing'}${reason === undefined ? '' : ` (${reason})`}`, {
      cause,
    });
    this.operation = operation;
    this.status = status;
    this.reason = reason;
    this.outcome = outcomeOf(status, reason);
    this.retryAfterMs = retryAfterMs;
  }
}

/** Google's own word. Anything that is not a single word could hold anything, and is dropped. */
const wordOnly = (reason: string | undefined): string | undefined =>
  reason !== undefined && /^[\w.]{1,64}$/.test(reason) ? reason : undefined;

/** Google wants to be asked less, for a while or for hours; nothing is wrong with the request itself. */
export const isQuotaWait = (error: unknown): boolean =>
  error instanceof GoogleError && ['rateLimited', 'paused', 'exhausted'].includes(error.outcome);

type ReadableHeaders = { get(name: string): string | null };

const isReadable = (headers: unknown): headers is ReadableHeaders =>
  typeof headers === 'object' && headers !== null && 'get' in headers && typeof headers.get === 'function';

/**
 * The client's errors, told by their shape: two versions of gaxios in one tree make `instanceof` fail.
 * https://developers.google.com/workspace/calendar/api/guides/errors
 */
const failureSchema = z.object({
  response: z.object({
    status: z.number(),
    headers: z.catch(z.optional(z.custom<ReadableHeaders>(isReadable)), undefined),
    data: z.catch(
      z.optional(z.object({ error: z.object({ errors: z._default(z.array(z.object({ reason: z.string() })), []) }) })),
      undefined, // A gateway in between answers in HTML.
    ),
  }),
});

/** `said`: Google's word, where it does not stand in the place of a Calendar error's. */
export const toGoogleError = (operation: string, cause: unknown, said?: string): GoogleError => {
  const { data: failure } = failureSchema.safeParse(cause);
  if (failure === undefined) return new GoogleError(operation, undefined, undefined, cause);
  const { status, headers, data } = failure.response;
  const header = (name: string) => headers?.get(name) ?? undefined;
  const waitMs = retryAfterMs({ retryAfter: header('retry-after'), date: header('date') });
  return new GoogleError(operation, status, said ?? data?.error.errors[0]?.reason, cause, waitMs);
};

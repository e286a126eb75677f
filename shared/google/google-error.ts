/** An answer of Google's that is no success, with what it means for us. */
import * as z from 'zod';
import { type Outcome, outcomeOf } from './outcomes.ts';

export class GoogleError extends Error {
  override readonly name = 'GoogleError';
  readonly outcome: Outcome;
  readonly status: number | undefined;
  /** Google's own word, such as `rateLimitExceeded`. */
  readonly reason: string | undefined;

  constructor(operation: string, status: number | undefined, reason: string | undefined, cause: unknown) {
    super(`Google answered ${operation} with ${status ?? 'nothing'}${reason === undefined ? '' : ` (${reason})`}`, {
      cause,
    });
    this.status = status;
    this.reason = reason;
    this.outcome = outcomeOf(status, reason);
  }
}

/**
 * The client's errors, told by their shape: two versions of gaxios in one tree make `instanceof` fail.
 * https://developers.google.com/workspace/calendar/api/guides/errors
 */
const failureSchema = z.object({
  response: z.object({
    status: z.number(),
    data: z
      .object({ error: z.object({ errors: z.array(z.object({ reason: z.string() })).default([]) }) })
      .optional()
      .catch(undefined), // A gateway in between answers in HTML.
  }),
});

export const toGoogleError = (operation: string, cause: unknown): GoogleError => {
  const { data } = failureSchema.safeParse(cause);
  return new GoogleError(operation, data?.response.status, data?.response.data?.error.errors[0]?.reason, cause);
};

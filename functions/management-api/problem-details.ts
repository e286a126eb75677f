/** An error → `application/problem+json`: https://www.rfc-editor.org/rfc/rfc9457 */
import type { APIGatewayProxyStructuredResultV2 as ApiResult } from 'aws-lambda';
import { RetryLater, Superseded } from '../../shared/domain/errors.ts';
import { GoogleError } from '../../shared/google/google-error.ts';
import type { Log } from '../../shared/runtime/observability.ts';
import { Problem, type ProblemSlug, problemType } from './problem.ts';

type Failed = { routeKey: string; requestContext: { requestId: string } };

export const problemDetails = (error: unknown, { routeKey, requestContext }: Failed, log: Log): ApiResult => {
  const problem = toProblem(error);
  const { requestId } = requestContext;
  const fields = { route: routeKey, status: problem.status, requestId, outcome: problem.slug };
  if (problem.status >= 500) log.error('A request failed', error, fields);
  else log.info('A request was refused', fields);
  return {
    statusCode: problem.status,
    headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store' },
    body: JSON.stringify({
      type: problemType(problem.slug),
      title: titles[problem.slug],
      status: problem.status,
      detail: problem.message,
      ...(problem.errors !== undefined && { errors: problem.errors }),
      ...problem.members,
    }),
  };
};

/** What a client is told of an error; all but a Problem itself says no more than whether to try again. */
export const toProblem = (error: unknown): Problem => {
  if (error instanceof Problem) return error;
  const cause = { cause: error };
  if (error instanceof GoogleError) {
    return new Problem('google-unavailable', 'Google did not answer as it should. Start again.', cause);
  }
  if (error instanceof Superseded) {
    return new Problem('conflict', 'Something changed at the same moment. Try again.', cause);
  }
  if (error instanceof RetryLater) return new Problem('try-again', 'Not possible now. Try again.', cause);
  return new Problem('internal-error', 'Something went wrong on our side', cause);
};

const titles: Record<ProblemSlug, string> = {
  'invalid-request': 'The request is invalid',
  unauthorized: 'Not signed in',
  'not-found': 'Not found',
  'not-connected': 'Not connected',
  'no-bookings-calendar': 'No calendar for bookings',
  'double-booking': 'The time is taken',
  'appointment-cancelled': 'The appointment is cancelled',
  'read-only': 'The calendar is only read',
  'stale-decision': 'Changed since it was looked at',
  'already-decided': 'Decided already',
  'choice-refused': 'Not to be chosen',
  'undo-refused': 'Not to be taken back',
  'bookings-calendar-needed': 'The bookings need a calendar',
  'version-mismatch': 'Changed meanwhile',
  'body-too-large': 'The body is too large',
  'unsupported-media-type': 'The body is not JSON',
  'idempotency-key-reused': 'The idempotency key was used before',
  'consent-state-invalid': 'The consent cannot be completed',
  'consent-refused': 'Consent was refused',
  'consent-incomplete': 'The consent is incomplete',
  'other-account': 'Another account is connected',
  'google-unavailable': 'Google is unavailable',
  'vault-key-kept': 'The key is kept',
  conflict: 'Changed meanwhile',
  'try-again': 'Not possible now',
  'internal-error': 'Internal error',
};

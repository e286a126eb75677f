import { describe, expect, test } from 'vitest';
import { Problem, type ProblemSlug } from '../../../functions/management-api/problem.ts';
import { problemDetails } from '../../../functions/management-api/problem-details.ts';
import { problemReply } from '../../../functions/management-api/schemas/problem.ts';
import { GrantRevoked, RetryLater, Superseded } from '../../../shared/domain/errors.ts';
import { toGoogleError } from '../../../shared/google/google-error.ts';
import type { Log } from '../../../shared/runtime/observability.ts';

const request = { routeKey: 'GET /api/v2/appointments', requestContext: { requestId: 'request-1' } };
const secret = 'ya29.access-token';

/** The answer to an error, and what was logged of it. */
const answerTo = (error: unknown) => {
  const logged: { level: keyof Log; error?: unknown; fields: unknown }[] = [];
  const log: Log = {
    info: (_, fields) => logged.push({ level: 'info', fields }),
    error: (_, cause, fields) => logged.push({ level: 'error', error: cause, fields }),
  };
  const { statusCode, headers, body } = problemDetails(error, request, log);
  return { statusCode, headers, text: body ?? '', problem: problemReply.parse(JSON.parse(body ?? '')), logged };
};

describe('an error becomes a problem', () => {
  test.each<[string, unknown, number, ProblemSlug]>([
    ['a problem, as it is', new Problem('not-connected', 'No calendar is connected'), 409, 'not-connected'],
    ['Google, out of reach', toGoogleError('events.list', new Error(secret)), 502, 'google-unavailable'],
    ['Google, refusing', toGoogleError('list', { response: { status: 403, data: secret } }), 502, 'google-unavailable'],
    ['a lost race', new Superseded(secret), 409, 'conflict'],
    ['what is not possible now', new RetryLater(secret), 503, 'try-again'],
    ['a surprise', new TypeError(`Cannot read ${secret}`), 500, 'internal-error'],
    ['a named error that no route should let through', new GrantRevoked(secret), 500, 'internal-error'],
    ['a thrown text', secret, 500, 'internal-error'],
    ['nothing', undefined, 500, 'internal-error'],
  ])('%s', (_, error, status, slug) => {
    const { statusCode, problem, text } = answerTo(error);
    expect(statusCode).toBe(status);
    expect(problem).toMatchObject({ status, type: `urn:bookedbarber:problem:${slug}`, title: expect.any(String) });
    expect(text).not.toContain(secret);
  });
});

test('it is problem+json, and no one keeps it', () => {
  const { headers } = answerTo(new Error('oh'));
  expect(headers).toEqual({ 'content-type': 'application/problem+json', 'cache-control': 'no-store' });
});

test('a problem tells its detail and the fields that are wrong', () => {
  const errors = [{ field: 'limit', message: 'Too big' }];
  const { problem } = answerTo(new Problem('invalid-request', 'Wrong', { errors }));
  expect(problem).toMatchObject({ detail: 'Wrong', errors });
  expect(answerTo(new Problem('not-found', 'No such route')).problem).not.toHaveProperty('errors');
});

test('what a kind of problem adds stands beside its detail', () => {
  const conflicts = [{ id: 'a', title: 'Cut', start: '2026-03-03', end: '2026-03-04' }];
  const { problem } = answerTo(new Problem('double-booking', 'Taken', { members: { conflicts } }));
  expect(problem).toMatchObject({ status: 409, detail: 'Taken', conflicts });
});

describe('what is logged', () => {
  test('a refusal is no error', () => {
    const { logged } = answerTo(new Problem('not-found', 'No such route'));
    const fields = { route: request.routeKey, status: 404, requestId: 'request-1', outcome: 'not-found' };
    expect(logged).toEqual([{ level: 'info', fields }]);
  });

  test('[F60] a failure is one, and keeps the error that caused it', () => {
    const error = new TypeError('oh');
    expect(answerTo(error).logged).toMatchObject([{ level: 'error', error, fields: { status: 500 } }]);
  });
});

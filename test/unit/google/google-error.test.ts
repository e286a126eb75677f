import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { GoogleError, toGoogleError } from '../../../shared/google/google-error.ts';

/** The client's error has this shape; of which class it is says nothing, for two versions of it are in the tree. */
const failure = (status: number, data: unknown) => ({ message: 'failed', code: status, response: { status, data } });
const body = (reason: string) => ({ error: { errors: [{ domain: 'calendar', reason, message: 'Oh' }], code: 410 } });

describe('an answer of Google’s that is no success', () => {
  test('tells its status, its reason and what it means', () => {
    const error = toGoogleError('events.list', failure(410, body('fullSyncRequired')));
    expect(error).toBeInstanceOf(GoogleError);
    expect(error).toMatchObject({ status: 410, reason: 'fullSyncRequired', outcome: 'expired', name: 'GoogleError' });
    expect(error.message).toBe('Google answered events.list with 410 (fullSyncRequired)');
  });

  test('of Google’s front end, with a status and details besides, is read alike', () => {
    const data = { error: { ...body('authError').error, code: 401, status: 'UNAUTHENTICATED', details: [{}] } };
    expect(toGoogleError('events.list', failure(401, data))).toMatchObject({ reason: 'authError' });
  });

  test.each([
    ['a page of HTML', '<html>502 Bad Gateway</html>'],
    ['nothing', ''],
    ['OAuth’s own form', { error: 'invalid_request', error_description: 'Bad' }],
    ['no list of errors', { error: { code: 502, message: 'Oh' } }],
    ['an empty list of errors', { error: { errors: [] } }],
    ['an error without a reason', { error: { errors: [{ message: 'Oh' }] } }],
    ['null', null],
    ['undefined', undefined],
  ])('with %s for a body has its status and no reason', (_, data) => {
    expect(toGoogleError('events.list', failure(502, data))).toMatchObject({ status: 502, outcome: 'transient' });
    expect(toGoogleError('events.list', failure(404, data)).reason).toBeUndefined();
  });

  test.each([
    ['a reset connection', Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' })],
    ['a time-out', new Error('aborted', { cause: Object.assign(new Error(), { name: 'AbortError' }) })],
    ['a response that is none', { response: undefined }],
    ['a thrown text', 'oh'],
    ['nothing at all', undefined],
  ])('%s is no answer, to be tried again', (_, cause) => {
    const error = toGoogleError('events.watch', cause);
    expect(error).toMatchObject({ status: undefined, reason: undefined, outcome: 'transient' });
    expect(error.message).toBe('Google answered events.watch with nothing');
  });

  test.each([
    ['seconds', { 'retry-after': '7' }, 7_000],
    [
      'a moment, by Google’s own clock',
      { 'retry-after': 'Mon, 02 Mar 2026 12:01:30 GMT', date: 'Mon, 02 Mar 2026 12:00:00 GMT' },
      90_000,
    ],
    ['nothing', {}, undefined],
  ])('that asks for a wait in %s says how long', (_, headers, waitMs) => {
    const refused = { response: { status: 429, headers: new Headers(headers), data: body('rateLimitExceeded') } };
    expect(toGoogleError('events.list', refused).retryAfterMs).toBe(waitMs);
  });

  test.each([undefined, null, 'retry-after: 7', { 'retry-after': '7' }])(
    'with odd headers is still read',
    (headers) => {
      const refused = { response: { status: 429, headers, data: '' } };
      expect(toGoogleError('events.list', refused)).toMatchObject({ status: 429, retryAfterMs: undefined });
    },
  );

  test('never throws while it is read', () => {
    fc.assert(fc.property(fc.anything(), (cause) => toGoogleError('stop', cause) instanceof GoogleError));
    fc.assert(fc.property(fc.anything(), (data) => toGoogleError('stop', failure(400, data)).status === 400));
  });
});

test('[F61] the message says nothing of the request or of the answer’s text', () => {
  const cause = { ...failure(403, body('forbidden')), config: { headers: { authorization: 'Bearer secret' } } };
  const error = toGoogleError('events.list', cause);
  expect(`${error.message} ${error.stack}`).not.toMatch(/secret|Oh/);
  expect(error.cause).toBe(cause);
});

import { describe, expect, test } from 'vitest';
import { readBody, readHeaders, readParams } from '../../../functions/management-api/read-request.ts';
import { eventOf } from '../../support/api-calls.ts';

const bodyOf = (body: string, headers: Record<string, string> = {}) =>
  readBody(eventOf('createAppointment', { body, headers }));

describe('a body', () => {
  test('is JSON, of whatever JSON type it is said to be', () => {
    for (const type of ['application/json', 'Application/JSON; charset=utf-8', 'application/merge-patch+json']) {
      expect(bodyOf('{"a":1}', { 'content-type': type })).toEqual({ a: 1 });
    }
  });

  test('may be sent without a type, which the gateway hands over as base64', () => {
    const { headers: _headers, ...event } = eventOf('createAppointment', { body: btoa('{"a":1}') });
    expect(readBody({ ...event, headers: {}, isBase64Encoded: true })).toEqual({ a: 1 });
  });

  test('may be missing', () => {
    expect(readBody(eventOf('createAppointment', {}))).toBeUndefined();
    expect(bodyOf('')).toBeUndefined();
  });

  test('that is no JSON is refused by name', () => {
    expect(() => bodyOf('{')).toThrow(
      expect.objectContaining({ status: 400, errors: [{ field: 'body', message: 'Must be JSON' }] }),
    );
  });

  test.each(['text/plain', 'application/x-www-form-urlencoded', 'application/jsonp'])(
    'of another type is refused: %s',
    (type) => {
      expect(() => bodyOf('{}', { 'content-type': type })).toThrow(
        expect.objectContaining({ slug: 'unsupported-media-type', status: 415 }),
      );
    },
  );

  test('[R11] that is longer than any can need is refused unread', () => {
    const ofLength = (length: number) => `"${'x'.repeat(length - 2)}"`;
    expect(bodyOf(ofLength(128 * 1024))).toHaveLength(128 * 1024 - 2);
    expect(() => bodyOf(ofLength(128 * 1024 + 1))).toThrow(
      expect.objectContaining({ slug: 'body-too-large', status: 413 }),
    );
  });
});

test('[R15] routes see the headers that they are for, and no token', () => {
  const headers = { authorization: 'Bearer x', cookie: 'y', 'if-match': '"1"', 'idempotency-key': 'key' };
  expect(readHeaders(eventOf('editAppointment', { headers }))).toEqual({ 'if-match': '"1"', 'idempotency-key': 'key' });
});

test('the parts of the path that vary', () => {
  expect(readParams(eventOf('appointment', { id: 'a' }))).toEqual({ id: 'a' });
  expect(readParams(eventOf('status', {}))).toEqual({});
});

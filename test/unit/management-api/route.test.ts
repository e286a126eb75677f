import { describe, expect, test } from 'vitest';
import { Problem } from '../../../functions/management-api/problem.ts';
import { parse } from '../../../functions/management-api/route.ts';
import { appointmentsQuery } from '../../../functions/management-api/schemas/appointments.ts';
import { callbackQuery, connectQuery } from '../../../functions/management-api/schemas/connecting.ts';
import { noBody, noQuery } from '../../../functions/management-api/schemas/wire-values.ts';
import { inheritedNames } from '../hostile.ts';

/** As the handler reads a query. */
const queryOf = (text: string): Record<string, string> => Object.fromEntries(new URLSearchParams(text));

const wrongFieldsOf = (schema: Parameters<typeof parse>[0], query: string): string[] => {
  try {
    parse(schema, queryOf(query));
  } catch (error) {
    if (error instanceof Problem && error.slug === 'invalid-request' && error.status === 400) {
      return (error.errors ?? []).map(({ field }) => field);
    }
    throw error;
  }
  return [];
};

test('a body, where none is expected, may be empty and no more', () => {
  expect([undefined, {}].map((body) => parse(noBody, body))).toEqual([undefined, {}]);
  expect(() => parse(noBody, { on: true })).toThrow(Problem);
  expect(() => parse(noBody, null)).toThrow(Problem);
});

test('a query that is in order is read, with what is left out filled in', () => {
  expect(parse(appointmentsQuery, queryOf('from=2026-03-01&limit=5'))).toEqual({
    from: '2026-03-01',
    limit: 5,
  });
  expect(parse(appointmentsQuery, {})).toEqual({ limit: 100 });
  expect(parse(appointmentsQuery, queryOf('limit=1')).limit).toBe(1);
  expect(parse(appointmentsQuery, queryOf('limit=500')).limit).toBe(500);
});

describe('[R15] an unknown field is refused by its name', () => {
  test.each(['userId', 'cursor.x', 'Limit', ...inheritedNames])('%s', (name) => {
    expect(wrongFieldsOf(appointmentsQuery, `${name}=x`)).toEqual([name]);
    expect(wrongFieldsOf(noQuery, `${name}=x`)).toEqual([name]);
    expect(wrongFieldsOf(connectQuery, `${name}=x`)).toEqual([name]);
  });

  test('each of several', () => {
    expect(wrongFieldsOf(noQuery, 'a=1&b=2')).toEqual(['a', 'b']);
  });
});

describe('a field that is wrong is named', () => {
  test.each([
    ['limit', 'limit=0'],
    ['limit', 'limit=501'],
    ['limit', 'limit=1.5'],
    ['limit', 'limit=-1'],
    ['limit', 'limit='],
    ['limit', 'limit=ten'],
    ['from', 'from=today'],
    ['from', 'from=2026-02-30'],
    ['from', 'from=2026-03-01T10:00:00'],
    ['to', 'to=2026-03-01T10:00:00 02:00'],
    ['include', 'include=all'],
    ['include', 'include=constructor'],
    ['cursor', 'cursor='],
    ['cursor', `cursor=${'a'.repeat(513)}`],
  ])('%s: %s', (field, query) => {
    expect(wrongFieldsOf(appointmentsQuery, query)).toEqual([field]);
  });

  test('all of them', () => {
    expect(wrongFieldsOf(appointmentsQuery, 'limit=0&from=x&user=y').toSorted()).toEqual(['from', 'limit', 'user']);
  });
});

test.each(['returnTo=', `returnTo=${'p'.repeat(65)}`])(
  'the page to return to is named by a key, not by %s',
  (query) => {
    expect(wrongFieldsOf(connectQuery, query)).toEqual(['returnTo']);
  },
);

describe('what Google sends back with the user', () => {
  test.each(['state=s&code=c', 'state=s&error=access_denied', 'state=s&code=c&scope=a%20b&authuser=0'])(
    '%s',
    (query) => {
      expect(wrongFieldsOf(callbackQuery, query)).toEqual([]);
    },
  );

  test.each([
    ['state', 'code=c'],
    ['state', 'state=&code=c'],
    ['state', `state=${'s'.repeat(257)}&code=c`],
    ['code', 'state=s'],
    ['code', `state=s&code=${'c'.repeat(2049)}`],
    ['error', 'state=s&error='],
    ['error', `state=s&error=${'e'.repeat(257)}`],
  ])('%s is wrong in %s', (field, query) => {
    expect(wrongFieldsOf(callbackQuery, query)).toEqual([field]);
  });
});

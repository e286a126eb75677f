import { expect, test } from 'vitest';
import { googleEndpoints } from '../../../shared/google/endpoints.ts';

test('without roots it is Google’s own', () => {
  expect(googleEndpoints({})).toEqual({
    api: 'https://www.googleapis.com/',
    oauth: {
      authorize: 'https://accounts.google.com/o/oauth2/v2/auth',
      token: 'https://oauth2.googleapis.com/token',
      revoke: 'https://oauth2.googleapis.com/revoke',
    },
  });
});

test('both roots name another Google', () => {
  const roots = { GOOGLE_API_ROOT_URL: 'http://127.0.0.1:3001', GOOGLE_OAUTH_ROOT_URL: 'http://127.0.0.1:3002' };
  expect(googleEndpoints(roots)).toEqual({
    api: 'http://127.0.0.1:3001/',
    oauth: {
      authorize: 'http://127.0.0.1:3002/o/oauth2/v2/auth',
      token: 'http://127.0.0.1:3002/token',
      revoke: 'http://127.0.0.1:3002/revoke',
    },
  });
});

test.each([
  [{ GOOGLE_API_ROOT_URL: 'http://127.0.0.1:3001' }],
  [{ GOOGLE_OAUTH_ROOT_URL: 'http://127.0.0.1:3001' }],
  [{ GOOGLE_API_ROOT_URL: 'http://127.0.0.1:3001', GOOGLE_OAUTH_ROOT_URL: undefined }],
])('one root alone is a mistake that names both: %o', (roots) => {
  expect(() => googleEndpoints(roots)).toThrow('GOOGLE_API_ROOT_URL and GOOGLE_OAUTH_ROOT_URL go together');
});

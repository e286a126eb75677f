import { expect, test } from 'vitest';
import { GrantRevoked, RetryLater, Superseded } from '../../../shared/domain/errors.ts';

test.each([
  ['Superseded', new Superseded('moved on')],
  ['RetryLater', new RetryLater('busy')],
  ['GrantRevoked', new GrantRevoked('invalid_grant')],
])('%s goes by its name in the log, and as the reason of a trouble', (name, error) => {
  expect(error.name).toBe(name);
});

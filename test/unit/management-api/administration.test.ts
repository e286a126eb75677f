/** What administrators ask to be changed leaves a line that says who it was; what others do, or what is only looked at, does not. */
import type { Context } from 'aws-lambda';
import { expect, test } from 'vitest';
import { respondWith } from '../../../functions/management-api/respond.ts';
import type { Route, Routes, UserRequest } from '../../../functions/management-api/route.ts';
import { asId } from '../../../shared/domain/ids.ts';
import type { Log } from '../../../shared/runtime/observability.ts';
import { eventOf } from '../../support/api-calls.ts';
import { now } from '../../support/samples.ts';

const linesOf = async (
  name: 'rotateVaultKey' | 'vaultKeys' | 'sync' | 'discardDeadLetters',
  route: Route<UserRequest> = async () => ({ status: 200, body: {} }),
): Promise<unknown[]> => {
  const lines: unknown[] = [];
  const log: Log = {
    info: (message, fields) => lines.push([message, fields]),
    error: (message) => lines.push(message),
  };
  const routes = { [name]: route } as Partial<Routes> as Routes;
  const handler = respondWith({ routes, log, stamp: () => ({ now, chainId: asId('request-1') }) });
  await handler(eventOf(name, { user: 'olga' }), {} as Context);
  return lines;
};

test('[R15] who has rotated a key is known afterwards', async () => {
  const fields = { route: 'POST /api/v2/admin/vault-keys/rotate', actor: 'olga' };
  expect(await linesOf('rotateVaultKey')).toEqual([['An administrator asks for a change', fields]]);
});

test('[R15] so is who has discarded dead letters, though it failed half-way', async () => {
  const fail = () => Promise.reject(new Error('Some are gone, some are not'));
  const fields = { route: 'POST /api/v2/admin/dead-letters/discard', actor: 'olga' };
  expect(await linesOf('discardDeadLetters', fail)).toEqual([
    ['An administrator asks for a change', fields],
    'A request failed',
  ]);
});

test.each(['vaultKeys', 'sync'] as const)('%s leaves none', async (name) => {
  expect(await linesOf(name)).toEqual([]);
});

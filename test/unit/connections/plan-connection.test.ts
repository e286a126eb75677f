import { expect, test } from 'vitest';
import { type ConnectionPlan, planConnection } from '../../../shared/connections/plan-connection.ts';
import { aConnection } from '../../support/samples.ts';

const { account } = aConnection();
const dead = aConnection({ state: 'needs_reauth' });
const ended = { ...aConnection(), state: 'disconnected' } as const;

test.each<[string, Parameters<typeof planConnection>, ConnectionPlan]>([
  ['the first consent', [undefined, account, false], 'create'],
  ['the first consent, with a word too many', [undefined, account, true], 'create'],
  ['the same account', [aConnection(), account, false], 'resume'],
  ['the same account, though another might have come', [aConnection(), account, true], 'resume'],
  ['the same account after its grant had died', [dead, account, false], 'resume'],
  ['the same account after the user had disconnected', [ended, account, false], 'return'],
  ['another account', [aConnection(), 'other@example.com', false], 'refuse'],
  ['another account after the grant had died', [dead, 'other@example.com', false], 'refuse'],
  ['another account, as the user has said', [dead, 'other@example.com', true], 'replace'],
  ['another account after the user had disconnected', [ended, 'other@example.com', false], 'replace'],
])('[F11] %s', (_, given, plan) => {
  expect(planConnection(...given)).toBe(plan);
});

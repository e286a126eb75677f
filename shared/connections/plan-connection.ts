/** What a consent that has come back means for the connection. Pure. */
import type { Connection } from '../domain/connection.ts';

/**
 * - `create`: the user's first.
 * - `resume`: the same account; all is kept, the grant is new.
 * - `return`: the same account after the user had disconnected; a new connect generation, the user's switches are kept.
 * - `replace`: another account; a new connect generation that begins afresh.
 * - `refuse`: another account, and nobody has said that it may take the place.
 */
export type ConnectionPlan = 'create' | 'resume' | 'return' | 'replace' | 'refuse';

/** Whoever has disconnected has agreed to another account. */
export const planConnection = (
  known: Connection | undefined,
  account: string,
  replaceAccount: boolean,
): ConnectionPlan => {
  if (known === undefined) return 'create';
  if (known.account === account) return known.state === 'disconnected' ? 'return' : 'resume';
  return replaceAccount || known.state === 'disconnected' ? 'replace' : 'refuse';
};

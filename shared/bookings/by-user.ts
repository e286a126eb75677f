/** The stamp of what a person does here. */
import type { Stamp } from '../decision/next-appointment.ts';
import type { Written } from '../decision/sync-state.ts';

export const byUser = (reason: 'create' | 'update' | 'cancel', { now, chainId }: Stamp): Written => ({
  updatedAt: now,
  provenance: { actor: 'user', reason, chainId },
});

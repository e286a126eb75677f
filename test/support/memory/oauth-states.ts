/** One-time OAuth states in memory. */
import type { OAuthStates, PendingConsent } from '../../../shared/store/oauth-states.ts';

export const memoryStates = (): OAuthStates => {
  const states = new Map<string, PendingConsent>();
  return {
    async save(hash, consent) {
      states.set(hash, consent);
    },
    async take(hash) {
      const consent = states.get(hash);
      states.delete(hash);
      return consent;
    },
  };
};

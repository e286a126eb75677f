/** Shell: writes are conditional, and whoever loses a race starts over from what is there by then. */
import { RetryLater } from '../domain/errors.ts';

const attemptsAtMost = 10;

/** Each attempt reads again. Of attempts that collide, at least one wins. */
export const untilWritten = async <Outcome>(attempt: () => Promise<Outcome | 'conflict'>): Promise<Outcome> => {
  for (let nth = 1; nth <= attemptsAtMost; nth++) {
    const outcome = await attempt();
    if (outcome !== 'conflict') return outcome;
  }
  throw new RetryLater('Others kept writing the same appointment or day');
};

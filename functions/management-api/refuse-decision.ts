/** Why a decision about a review item was not taken, or not taken back, as a problem. */
import type { Decided } from '../../shared/conflicts/asked-decision.ts';
import type { Review } from '../../shared/conflicts/review.ts';
import type { TakenBack } from '../../shared/conflicts/take-back.ts';
import type { Instant } from '../../shared/domain/instant.ts';
import { presentConflict } from './present-conflict.ts';
import { doubleBooking } from './present-outcome.ts';
import { invalidRequest, Problem, type ProblemSlug } from './problem.ts';

type Failed = Exclude<Decided | TakenBack, { kind: 'done' | 'absent' }>;

/** `review`: how things are now. */
export const decisionProblem = (failed: Failed, review: Review, now: Instant): Problem => {
  switch (failed.kind) {
    case 'wrong':
      return invalidRequest(failed.errors);
    case 'clash':
      return doubleBooking(failed.clashing);
    case 'refused': {
      const [slug, detail] = refusals[failed.because];
      return new Problem(slug, detail, { members: { conflict: presentConflict(review, now) } });
    }
  }
};

const refusals: Record<Extract<Failed, { kind: 'refused' }>['because'], [ProblemSlug, string]> = {
  stale: ['stale-decision', 'It is not as it was when it was looked at. Look again, and decide on that.'],
  closed: ['already-decided', 'It has been decided otherwise, or both sides have come to agree'],
  foreign_block: ['choice-refused', 'It is an event of your own in Google, which is not deleted from here'],
  read_only: ['choice-refused', 'It would change an event that is only read here, or a text that is not shown here'],
  not_mergeable: ['choice-refused', 'Many appointments have no values in common: choose "google" or "bookedbarber"'],
  not_resolved: ['undo-refused', 'There is no decision to take back'],
  changed_since: ['undo-refused', 'The appointment has changed since it was decided'],
  mass_change: ['undo-refused', 'The appointments of a mass change go their own ways once it is decided'],
};

export const noSuchConflict = (): Problem => new Problem('not-found', 'There is no such review item');

/** What each choice would lead to, before it is made. Merged values are the person's own, so there is nothing to foresee. */

import { fingerprintOf } from '../decision/compare.ts';
import { sideOf } from '../decision/sides.ts';
import type { Appointment, SideState } from '../domain/appointment.ts';
import type { Choice, Conflict } from '../domain/conflict.ts';
import { isForbidden, outcomesOf } from './sides.ts';

/** Once Google has heard of it, both say the same. */
export type Outcome = { appointment: SideState; event: SideState };

export type Preview = {
  /** Without the choices that would be refused. */
  outcomes: Partial<Record<Exclude<Choice, 'merged'>, Outcome>>;
  /** Names what the person is shown; a decision holds only for that. */
  seen: { ours: string; theirs: string };
};

/** Of a mass change: of the first one that is held, as an example. */
export const previewOf = (appointment: Appointment, conflict: Conflict): Preview => {
  const { google, bookedbarber } = outcomesOf(appointment, conflict);
  const isAllowed = !isForbidden(appointment, conflict, bookedbarber);
  return {
    outcomes: { google: both(google), ...(isAllowed && { bookedbarber: both(bookedbarber) }) },
    seen: { ours: fingerprintOf(sideOf(appointment)), theirs: fingerprintOf(conflict.theirs) },
  };
};

const both = (side: SideState): Outcome => ({ appointment: side, event: side });

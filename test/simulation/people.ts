/** People who edit both sides, as the seed has it: through the product's own functions here, and in Google as in Google. */
import { ApiError } from '../google/errors.ts';
import type { Operation, OperationKind } from './operations.ts';
import { consentsOf } from './people/consents.ts';
import { actsThere } from './people/google.ts';
import { type Acts, handIn, type Setting } from './people/hand.ts';
import { inGoogleOf } from './people/in-google.ts';
import { actsHere } from './people/ours.ts';
import { requestsIn } from './people/requests.ts';
import { settingsOf } from './people/settings.ts';
import { note } from './tasks.ts';

export type People = ReturnType<typeof peopleIn>;

export const peopleIn = (setting: Setting) => {
  const { sim, system, accounts } = setting;
  const { kernel, random } = sim;
  const { google } = system;
  const hand = handIn(setting);
  const there = inGoogleOf(hand);
  const requests = requestsIn(hand);
  const { consent, consentSoon, revokeGrant, acts: granting } = consentsOf(hand, requests);
  const acts: Acts<OperationKind> = {
    ...actsHere(hand, requests, there),
    ...actsThere(hand, there),
    ...settingsOf(hand, requests),
    ...granting,
  };

  return {
    ...hand.entities,
    calendarsOf: accounts.calendarsOf,
    consent,
    consentSoon,
    /** A barber with much to do, before anything else happens; later it is all taken away at once, or moved. */
    fillUp: (bookings: number): void => {
      for (let nth = 100; nth < 100 + bookings; nth++) {
        kernel.after(1_000 + (nth - 100) * 40, () =>
          acts.book({ nth, at: 0, kind: 'book', user: 0, pick: 0, hot: false }),
        );
      }
    },
    clear: (): void => {
      if (random.at('clear', 0) < 0.5) there.shiftAll(0);
      else acts['google clear']({ nth: 999, at: 0, kind: 'google clear', user: 0, pick: 0, hot: false });
    },
    revokeGrant,
    /** What the user has chosen to share from the beginning. */
    share: (user: number): void => acts.share({ nth: 990 + user, at: 0, kind: 'share', user, pick: -1, hot: false }),
    /** Something happens in the calendar, whatever it is. */
    probe: (calendarId: string): void => {
      google.insert(calendarId, { summary: 'title-probe', ...hand.inGoogle(hand.startOf(90)) });
    },
    perform: (operation: Operation): void => {
      note(sim, 'op', () => JSON.stringify(operation));
      try {
        acts[operation.kind](operation);
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        note(sim, 'google', () => `refuses the person: ${error.message}`);
      }
    },
  };
};

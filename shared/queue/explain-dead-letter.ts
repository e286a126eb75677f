/** Why a hint was given up, as far as its calendar tells, and what a person does next. Pure. */
import type { Calendar, Trouble } from '../domain/calendar.ts';
import type { DeadLetter } from './dead-letters.ts';

/** One sentence that names the next step. */
export const adviceFor = ({ hint, sentAt }: DeadLetter, calendar: Calendar | undefined): string => {
  if (hint === undefined) return 'This version cannot read it: discard it; the sweep has its calendar synced.';
  if (calendar === undefined) return 'There is no such calendar: discard it.';
  if (!calendar.enabled) return 'The calendar is switched off: discard it; switching it on syncs all of it.';
  if (calendar.trouble !== undefined) return adviceAgainst(calendar.trouble);
  if (calendar.coveredBefore !== undefined && calendar.coveredBefore > sentAt) {
    return 'The calendar was synced after it was sent: discard it.';
  }
  return 'Nothing is known to be wrong with the calendar: redrive it.';
};

const adviceAgainst = ({ reason, leftToSweep }: Trouble): string => {
  const repair = repairs.find(({ reasons }) => reasons.test(reason))?.step ?? lookItUp;
  return `${repair}, then ${leftToSweep ? 'discard it: the sweep tries again by itself' : 'redrive it'}.`;
};

const lookItUp = "Find the chain id in the consumer's log and repair what failed there";

/** Google's reasons: https://developers.google.com/workspace/calendar/api/guides/errors */
const repairs: { reasons: RegExp; step: string }[] = [
  {
    reasons: /^interrupted$/,
    step: "The worker died or ran out of time: look for its crash or timeout in the consumer's log",
  },
  {
    reasons: /^(userRateLimitExceeded|rateLimitExceeded|http_429)$/,
    step: 'Google is asked too often: wait some minutes, or have the rate limit raised in the Google Cloud console',
  },
  {
    reasons: /^(quotaExceeded|dailyLimitExceeded)$/,
    step: "Google's quota is used up: wait until it is renewed, or have it raised in the Google Cloud console",
  },
  {
    reasons: /^(backendError|internalError|no_answer|http_(408|5\d\d))$/,
    step: 'Google fails or does not answer: wait until its status dashboard shows the calendar as available',
  },
  {
    reasons: /^(invalid_client|unauthorized_client)$/,
    step:
      'Google does not know our OAuth client, so no calendar of anybody is synced: it was deleted, or its secret is another ' +
      'one than the deployed: put the secret right',
  },
  {
    reasons: /^(authError|http_401)$/,
    step: 'Google does not take our credentials: check the secret of the OAuth client',
  },
  {
    reasons: /^VaultLocked$/,
    step: 'KMS does not give the key of the token vault: check that it is enabled and that the consumer may use it',
  },
  {
    reasons: /^(accessNotConfigured|forbidden|insufficientPermissions|requiredAccessLevel|http_403)$/,
    step: 'Google refuses access: check that the Calendar API is enabled and that the barber may still use the calendar',
  },
];

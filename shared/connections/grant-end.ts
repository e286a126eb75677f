/** Why a grant has ended, as far as that can be told, and what is said of it to its owner. Pure. */
import type { Calendar } from '../domain/calendar.ts';
import type { Connection, GrantEnd, GrantedConnection, SealedGrant } from '../domain/connection.ts';
import { day, epochMsOf, hour, type Instant } from '../domain/instant.ts';
import { boxes } from './boxes.ts';

/** Where the OAuth app is in testing: https://developers.google.com/identity/protocols/oauth2#expiration */
const testingPeriodMs = 7 * day;
/** How near to it a grant must end to be explained by it: that is noticed at the next refresh, an hour later at most. */
const toleranceMs = 12 * hour;

type Lifetime = Pick<SealedGrant, 'grantedAt' | 'refreshTokenExpiresAt'>;

/** `said`: Google's own word for a special case. */
export const whyEnded = (grant: Lifetime, said: string | undefined, now: Instant): GrantEnd => {
  if (said === 'invalid_rapt') return 'session_control';
  const { grantedAt, refreshTokenExpiresAt } = grant;
  if (refreshTokenExpiresAt !== undefined) {
    if (msBetween(now, refreshTokenExpiresAt) > toleranceMs) return 'revoked';
    return isForTesting(grant) ? 'testing_period' : 'time_limit';
  }
  return grantedAt !== undefined && isTestingPeriod(msBetween(grantedAt, now)) ? 'testing_period' : 'revoked';
};

/** Google has said, with the grant, that it ends after seven days. */
const isForTesting = ({ grantedAt, refreshTokenExpiresAt }: Lifetime): boolean =>
  grantedAt !== undefined &&
  refreshTokenExpiresAt !== undefined &&
  isTestingPeriod(msBetween(grantedAt, refreshTokenExpiresAt));

const isTestingPeriod = (ms: number): boolean => Math.abs(ms - testingPeriodMs) <= toleranceMs;

const msBetween = (from: Instant, to: Instant): number => epochMsOf(to) - epochMsOf(from);

const publish =
  'Publish the OAuth app, so that it lasts: Google Cloud console → Google Auth Platform → Audience → Publish app ' +
  '(from “Testing” to “In production”).';
const connectAgain = 'Connect again; nothing is lost meanwhile.';

const endings: Record<GrantEnd, string> = {
  testing_period: `The consent has ended after seven days, because the OAuth app is in testing. ${publish} ${connectAgain}`,
  time_limit: `The consent was given for a limited time, which is over. ${connectAgain}`,
  session_control: `The administrator of this Google account has its users sign in again. ${connectAgain}`,
  revoked: `Google honours the consent no longer: it was withdrawn, or not used for long. ${connectAgain}`,
};

/** What the owner should know about the connection; undefined while all is well. */
export const messageFor = (connection: Connection, calendars: Pick<Calendar, 'trouble'>[] = []): string | undefined => {
  switch (connection.state) {
    case 'disconnected':
      return 'Appointments are kept here and do not go to Google. Connect to go on.';
    case 'needs_reauth':
      return endings[connection.endedBecause ?? 'revoked'];
    case 'connected':
      return calendars.some(lacksPermission) ? tickAgain : comingEnd(connection);
  }
};

/** Google's reason for a call that the granted scopes do not cover. */
const lacksPermission = ({ trouble }: Pick<Calendar, 'trouble'>): boolean =>
  trouble?.reason === 'insufficientPermissions';

const tickAgain = `Google no longer lets the calendars be synced. Connect again and tick: “${boxes.events}”`;

const comingEnd = (connection: GrantedConnection): string | undefined => {
  const { refreshTokenExpiresAt: end } = connection;
  if (end === undefined) return undefined;
  return isForTesting(connection)
    ? `The consent ends at ${end}, because the OAuth app is in testing. ${publish} Then connect again.`
    : `The consent was given for a limited time and ends at ${end}. Connect again before then.`;
};

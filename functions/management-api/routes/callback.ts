/** GET /api/calendar/callback: Google sends the user back here. The state, not a cookie, says who it is. */
import { type ConnectDeps, type Connected, connect } from '../../../shared/connections/connect.ts';
import { type ConsentDeps, missingBoxes, takeConsent } from '../../../shared/connections/consent.ts';
import { GrantRevoked } from '../../../shared/domain/errors.ts';
import type { Grant } from '../../../shared/google/oauth.ts';
import type { Log } from '../../../shared/runtime/observability.ts';
import type { PendingConsent } from '../../../shared/store/oauth-states.ts';
import { Problem } from '../problem.ts';
import { toProblem } from '../problem-details.ts';
import { type PublicRequest, parse, type Reply, type Route } from '../route.ts';
import { callbackQuery } from '../schemas/connecting.ts';
import { logLeave } from './disconnect.ts';

export type CallbackRouteDeps = {
  consent(): Promise<ConsentDeps>;
  connecting: ConnectDeps;
  callbackPages: Record<string, string>;
  log: Log;
};

export const callbackRoute =
  (deps: CallbackRouteDeps): Route =>
  async (request) => {
    const { state, code } = parse(callbackQuery, request.query);
    const consentDeps = await deps.consent();
    const consent = await takeConsent(consentDeps, state, request.now);
    if (consent === undefined) {
      throw new Problem(
        'consent-state-invalid',
        'This link was used before or is too old. Start again from "connect".',
      );
    }
    const page = consent.returnTo === undefined ? undefined : deps.callbackPages[consent.returnTo];
    const finishing = redeem(consentDeps, consent, code).then((grant) => finish(deps, { consent, grant }, request));
    return page === undefined ? { status: 200, body: await finishing } : sendTo(page, finishing, deps.log);
  };

const redeem = async (
  { oauth, redirectUri }: ConsentDeps,
  { codeVerifier }: PendingConsent,
  code: string | undefined,
): Promise<Grant> => {
  if (code === undefined) throw new Problem('consent-refused', 'The calendar was not connected: consent was refused');
  try {
    return await oauth.exchange({ redirectUri, code, codeVerifier });
  } catch (cause) {
    if (!(cause instanceof GrantRevoked)) throw cause;
    throw new Problem('consent-state-invalid', 'Google did not accept the code. Start again from "connect".', {
      cause,
    });
  }
};

const finish = async (
  { connecting, log }: CallbackRouteDeps,
  { consent: { userId, replaceAccount }, grant }: { consent: PendingConsent; grant: Grant },
  { now, chainId }: PublicRequest,
) => {
  const missing = missingBoxes(grant);
  if (missing.length > 0) {
    const boxes = missing.map((box) => `“${box}”`).join(' and ');
    throw new Problem('consent-incomplete', `Connect again and tick: ${boxes}`);
  }
  const consented = { userId, grant, replaceAccount: replaceAccount === true, chainId, now };
  const outcome = await connect(connecting, consented);
  if (outcome.kind === 'refused') throw refusalOf(outcome);
  const { account, calendars, left } = outcome;
  if (left !== undefined) logLeave(log, left);
  return { connected: true, account, calendars: calendars.length };
};

const refusalOf = (refused: Extract<Connected, { kind: 'refused' }>): Problem => {
  switch (refused.because) {
    case 'no_calendar':
      return new Problem('consent-incomplete', 'This Google account has no calendar');
    case 'no_lasting_access':
      return new Problem('consent-incomplete', 'Google gave no lasting access. Start again from "connect".');
    case 'other_account':
      return new Problem(
        'other-account',
        `Already connected to ${refused.account}. Choose that account at Google, or start again from "connect" with replaceAccount=true.`,
      );
  }
};

/** However it ends, the user sees a page of the product, never JSON. */
const sendTo = async (page: string, finishing: Promise<unknown>, log: Log): Promise<Reply> => {
  const location = new URL(page);
  try {
    await finishing;
    location.searchParams.set('connected', 'true');
  } catch (error) {
    const { slug, status } = toProblem(error);
    if (status >= 500) log.error('A consent could not be completed', error, { outcome: slug });
    location.searchParams.set('error', slug);
  }
  return { status: 302, location: location.href };
};

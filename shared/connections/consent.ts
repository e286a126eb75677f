/** The user's consent: a link to Google with a one-time state, and what comes back from it. */
import { hash } from 'node:crypto';
import { asId, type UserId } from '../domain/ids.ts';
import { type Instant, minute, plusMs } from '../domain/instant.ts';
import type { GoogleOAuth, Grant } from '../google/oauth.ts';
import { scopes } from '../google/oauth.ts';
import type { OAuthStates, PendingConsent } from '../store/oauth-states.ts';
import { boxes } from './boxes.ts';

export type ConsentDeps = { oauth: GoogleOAuth; states: OAuthStates; redirectUri: string; newSecret(): string };

/** A user takes this long at most to say yes. */
const consentLifetimeMs = 10 * minute;

/** `replaceAccount`: the user has said that another account may take the place of the one that is connected. */
export type AskedConsent = { userId: UserId; returnTo?: string | undefined; replaceAccount?: boolean | undefined };

/**
 * The link to Google. The state is kept by its hash, so that a leaked table gives nobody a state to use; and what the user
 * has said is kept with it, so that whoever sends the user back cannot say it instead [R15].
 */
export const askConsent = async (
  { oauth, states, redirectUri, newSecret }: ConsentDeps,
  { userId, returnTo, replaceAccount = false }: AskedConsent,
  now: Instant,
): Promise<string> => {
  const state = newSecret();
  const codeVerifier = newSecret();
  const expiresAt = plusMs(now, consentLifetimeMs);
  const said = {
    ...(returnTo !== undefined && { returnTo }),
    ...(replaceAccount && { replaceAccount: true as const }),
  };
  await states.save(sha256(state), { userId, codeVerifier, expiresAt, ...said });
  const codeChallenge = sha256(codeVerifier);
  return oauth.authorizationUrl({ redirectUri, state, codeChallenge, chooseAccount: replaceAccount });
};

/** Undefined when the state is unknown, used or too old. Whoever asks first uses it up. */
export const takeConsent = async (
  { states }: Pick<ConsentDeps, 'states'>,
  state: string,
  now: Instant,
): Promise<PendingConsent | undefined> => {
  const consent = await states.take(sha256(state));
  return consent !== undefined && consent.expiresAt > now ? { ...consent, userId: asId(consent.userId) } : undefined;
};

/** The boxes that were left unticked. */
export const missingBoxes = (grant: Pick<Grant, 'scopes'>): string[] =>
  (Object.keys(scopes) as (keyof typeof scopes)[])
    .filter((key) => !grant.scopes.includes(scopes[key]))
    .map((key) => boxes[key]);

/** base64url, which is what PKCE's S256 asks for: https://www.rfc-editor.org/rfc/rfc7636#section-4.2 */
const sha256 = (text: string): string => hash('sha256', text, 'base64url');

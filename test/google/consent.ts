/**
 * The consent screen: checks the client, then answers for the person as ordered.
 * https://developers.google.com/identity/protocols/oauth2/web-server#creatingclient
 */
import { randomBytes } from 'node:crypto';
import type { Reply } from './answer.ts';
import { grantsOf, isKnownClient } from './oauth.ts';
import type { Account, Code } from './state.ts';
import type { World } from './world.ts';

const codeLifetimeMs = 10 * 60_000;

type Text = (name: string) => string;

/** GET /o/oauth2/v2/auth. Consent is given at once for `login_hint`, or for the only account there is. */
export function authorize(world: World, url: URL): Reply {
  const text: Text = (name) => url.searchParams.get(name) ?? '';
  const wrong = wrongRequest(world, text);
  if (wrong) return { status: 400, html: `<h1>Error 400: ${wrong}</h1>` };
  const emails = Object.keys(world.state.accounts);
  const email = text('login_hint') || (emails.length === 1 ? emails[0] : undefined);
  const account = email === undefined ? undefined : world.state.accounts[email];
  if (!account && text('prompt') !== 'none') return { status: 200, html: chooser(url, emails) };
  if (!account) return redirect(text, { error: 'interaction_required' });
  if (account.consent.refuse) return redirect(text, { error: 'access_denied' });
  const name = `4/0A${randomBytes(24).toString('base64url')}`;
  const code = codeFor(world, account, text);
  world.state.codes[name] = code;
  return redirect(text, { code: name, scope: code.scopes.join(' ') });
}

function codeFor(world: World, account: Account, text: Text): Code {
  const asked = text('scope').split(' ').filter(Boolean);
  const ticked = asked.filter((scope) => !account.consent.untick.includes(scope));
  const known = grantsOf(world, text('client_id'), account.email);
  const earlier = text('include_granted_scopes') === 'true' ? known.flatMap((grant) => grant.scopes) : [];
  const challenge = text('code_challenge');
  return {
    clientId: text('client_id'),
    email: account.email,
    scopes: [...new Set([...ticked, ...earlier])],
    redirectUri: text('redirect_uri'),
    expiresAt: world.now() + codeLifetimeMs,
    // Only the first exchange gives a refresh token, unless consent is asked for again.
    refresh: text('access_type') === 'offline' && (known.length === 0 || text('prompt').split(' ').includes('consent')),
    ...(challenge && { challenge }),
  };
}

function redirect(text: Text, outcome: Record<string, string>): Reply {
  const to = new URL(text('redirect_uri'));
  const state = text('state');
  for (const [name, value] of Object.entries({ ...(state && { state }), ...outcome })) to.searchParams.set(name, value);
  return { status: 302, headers: { Location: to.href } };
}

function wrongRequest(world: World, text: Text): string | undefined {
  const client = world.state.clients[text('client_id')];
  if (!isKnownClient(world, text('client_id'))) return 'invalid_client';
  if (!URL.canParse(text('redirect_uri'))) return 'invalid_request: redirect_uri';
  if (client && !client.redirectUris.includes(text('redirect_uri'))) return 'redirect_uri_mismatch';
  if (text('response_type') !== 'code') return 'unsupported_response_type';
  if (!text('scope')) return 'invalid_request: scope';
  if (text('code_challenge') && text('code_challenge_method') !== 'S256')
    return 'invalid_request: code_challenge_method';
  return undefined;
}

function chooser(url: URL, emails: string[]): string {
  const links = emails.map((email) => {
    const choice = new URL(url);
    choice.searchParams.set('login_hint', email);
    return `<li><a href="${escapeHtml(choice.pathname + choice.search)}">${escapeHtml(email)}</a></li>`;
  });
  return `<h1>Choose an account</h1><ul>${links.join('')}</ul>`;
}

const escapeHtml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');

/** A barber with a Google account at the stand-in, connected the way a person would: through the consent page. */
import type { Session } from '../session.ts';

export type Barber = { userId: string; email: string };

/** Creates the account if there is none, gives consent, and waits until the callback has answered. */
export async function connectBarber({ stack, google }: Session, { userId, email }: Barber): Promise<void> {
  if (google === undefined) throw new Error('Only the stand-in has demo barbers');
  if (google.control.exportState().accounts[email] === undefined) {
    const primary = { primary: true, summary: 'Demo barber', timeZone: 'America/New_York' };
    google.control.createAccount({ email, calendars: [primary] });
  }
  const authorization = `Bearer ${await stack.token(userId)}`;
  const connect = await fetch(`${stack.apiUrl}/api/v2/calendar/connect`, { headers: { authorization } });
  if (!connect.ok) throw new Error(`connect answered ${connect.status}: ${await connect.text()}`);
  const { authorizationUrl } = (await connect.json()) as { authorizationUrl: string };
  const consentPage = new URL(authorizationUrl);
  consentPage.searchParams.set('login_hint', email);
  const callback = await fetch(consentPage);
  if (!callback.ok) throw new Error(`The callback answered ${callback.status}: ${await callback.text()}`);
}

/** The local stack for end-to-end tests: own ports, schedules off, and clients for both sides. */
import { connectBarber } from '../../infra/local/demo/barber.ts';
import { type Session, startSession } from '../../infra/local/session.ts';
import { readSettings } from '../../infra/local/settings.ts';
import type { Google } from '../google/server.ts';

type Extras = NonNullable<Parameters<typeof startSession>[1]>;

export type Answer = { status: number; headers: Headers; body: unknown };

export type TestSession = Session & {
  google: Google;
  /** Calls the API as a user; without one, as nobody. */
  call(method: string, path: string, user?: string, body?: string): Promise<Answer>;
  /** Connects a new barber with an account of that name, and waits for the first sync. */
  connect(user: string, calendars?: Parameters<Google['control']['createAccount']>[0]['calendars']): Promise<string>;
};

export const startTestSession = async (
  extras: Extras = {},
  environment: Record<string, string> = {},
): Promise<TestSession> => {
  const settings = readSettings({ PORT: '0', GOOGLE_PORT: '0', SWEEP: 'off', ...environment });
  const session = await startSession(settings, extras);
  const { google, stack } = session;
  if (google === undefined) throw new Error('The tests run against the stand-in');

  const call: TestSession['call'] = async (method, path, user, body) => {
    const headers = {
      ...(user !== undefined && { authorization: `Bearer ${await stack.token(user)}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    };
    const init = { method, headers, redirect: 'manual' as const, ...(body !== undefined && { body }) };
    const response = await fetch(`${stack.apiUrl}${path}`, init);
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text === '' ? '' : JSON.parse(text) };
  };

  return {
    ...session,
    google,
    call,
    async connect(user, calendars) {
      const email = `${user}@example.com`;
      if (calendars !== undefined) google.control.createAccount({ email, calendars });
      await connectBarber(session, { userId: user, email });
      await stack.idle();
      return email;
    },
  };
};

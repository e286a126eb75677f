/** The local stack with every call of the consumer led over a tripwire, so that it can be made to die at any of them. */
import { startTestSession, type TestSession } from './local-session.ts';
import type { Tripwire } from './tripwire.ts';

export const startOverTripwire = async (tripwire: Tripwire): Promise<TestSession> => {
  const google = tripwire.wire();
  const session = await startTestSession({
    visibilityTimeoutSeconds: 1,
    interpose: (name, endpoints) => (name === 'sync-consumer' ? wireAll(tripwire, endpoints) : endpoints),
    environment: { GOOGLE_API_ROOT_URL: google.address },
  });
  google.aim(session.google.url, /calendarList/); // That is a call of the management API's.
  return session;
};

const wireAll = <T extends Record<string, string>>(tripwire: Tripwire, endpoints: T): T =>
  Object.fromEntries(
    Object.entries(endpoints).map(([name, target]) => {
      const { address, aim } = tripwire.wire();
      aim(target);
      return [name, address];
    }),
  ) as T;

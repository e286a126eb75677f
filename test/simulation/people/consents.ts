/** Grants that are given, revoked and given anew, and accounts that take each other's place. */
import { connect } from '../../../shared/connections/connect.ts';
import { disconnect } from '../../../shared/connections/disconnect.ts';
import { asId } from '../../../shared/domain/ids.ts';
import { hour, instantAt, minute } from '../../../shared/domain/instant.ts';
import { emailOf, otherEmailOf, userIdOf } from '../accounts.ts';
import { count, note } from '../tasks.ts';
import type { Acts, Hand } from './hand.ts';
import type { Requests, Stamp } from './requests.ts';

type Given = Pick<Hand, 'sim' | 'knobs' | 'system' | 'accounts'>;

export const consentsOf = ({ sim, knobs, system, accounts }: Given, { request, requestDeps }: Requests) => {
  const { kernel, random } = sim;
  const { google } = system;
  const { world } = google;
  const { accountOf } = accounts;

  const revokeGrant = (user: number): void => {
    google.control.revokeGrant({ email: accountOf(user) });
    google.note(`person revokes the grant of barber-${user}`);
  };

  let consents = 0;
  /** One user may never come back. */
  const consentSoon = (user: number): void => {
    const isForGood = knobs.poisoned && user === knobs.users - 1;
    if (!isForGood) kernel.after(random.between('consent', 10_000, 30 * minute), () => consent(user));
  };
  /** As the callback does it; whoever gets an error there begins again. */
  const consent = (user: number, email = accountOf(user), attempts = 5): void => {
    consents += 1;
    const nth = consents;
    const refreshToken = `refresh.${user}.${nth}`;
    const grants = { email, scopes: ['https://www.googleapis.com/auth/calendar'], clientId: 'client' };
    world.state.refreshTokens[refreshToken] = grants;
    const emails = [emailOf(user), otherEmailOf(user)];
    const again = (): void => {
      system.leftInTrouble(emails);
      if (attempts > 0) kernel.after(2_000, () => consent(user, email, attempts - 1));
      else consentSoon(user);
    };
    const task = system.begin('person', 'consent', again);
    task.spared = nth <= knobs.users; // What is booked before there is a connection stays here, and is another story.
    const grant = {
      accessToken: google.issue(email),
      accessTokenExpiresAt: instantAt(kernel.now() + hour),
      refreshToken,
      scopes: [],
    };
    const failed = (error: unknown): void => {
      note(sim, task.name, () => `consent failed: ${error}`);
      system.log.error('A consent could not be completed', error);
      if (!task.dead) again();
    };
    const chainId = asId<Stamp['chainId']>(`consent-${nth}`);
    connect(requestDeps(task), {
      userId: userIdOf(user),
      grant,
      replaceAccount: true,
      chainId,
      now: system.nowOf(task),
    }).then((outcome) => {
      if (outcome.kind === 'refused') return failed(new Error(outcome.because));
      count(sim, 'a consent');
      if ((outcome.left?.failures.length ?? 0) > 0) system.leftInTrouble(emails);
    }, failed);
  };

  const acts: Acts<'revoke' | 'disconnect' | 'other account'> = {
    revoke: ({ user }) => {
      revokeGrant(user);
      consentSoon(user);
    },
    disconnect: (operation) => {
      const { user, pick } = operation;
      const blocks = pick < 0.3 ? 'release' : 'keep';
      const emails = [emailOf(user), otherEmailOf(user)];
      request(operation, async (deps, stamp) => {
        const left = await disconnect(deps, { userId: stamp.userId, blocks }, stamp);
        if (left !== 'not-connected' && left.failures.length > 0) system.leftInTrouble(emails);
        return left;
      });
      consentSoon(user);
    },
    /** And perhaps back to the one before, some other time. */
    'other account': ({ user }) => {
      const email = accountOf(user) === emailOf(user) ? otherEmailOf(user) : emailOf(user);
      if (world.state.accounts[email] === undefined) {
        google.control.createAccount({ email, calendars: [{ primary: true, timeZone: knobs.timeZone }] });
      }
      consent(user, email);
    },
  };

  return { acts, consent, consentSoon, revokeGrant };
};

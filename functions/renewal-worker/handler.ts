/** Every few minutes: renew the channels that are due, hint what else is, and count how the fleet stands. */
import { randomUUID } from 'node:crypto';
import type { Context } from 'aws-lambda';
import { asId, type ChainId } from '../../shared/domain/ids.ts';
import { plusMs, second } from '../../shared/domain/instant.ts';
import { renewDue } from '../../shared/renewal/renew-due.ts';
import { assemble } from './assemble.ts';
import { reportRound, reportVisit } from './report.ts';

const { renewalDeps, log, emit, clock } = assemble(process.env);

/** What it takes to end the calls that are under way: a token refresh, a `watch` and a stop. */
const reserveMs = 45 * second;

/** What is thrown says nothing, because Lambda writes all of it into the log, and other people's errors quote what they choke on. */
export const handler = async (_: unknown, context: Context): Promise<void> => {
  log.begin(context);
  log.info('Google Calendar webhook worker started');
  try {
    await goRound(context);
  } catch (error) {
    log.error('A round has failed', error);
    throw new Error('The line above says why');
  }
};

const goRound = async (context: Context): Promise<void> => {
  const now = clock();
  const chainId = asId<ChainId>(randomUUID());
  const deps = { ...(await renewalDeps()), onVisit: reportVisit(log, chainId) };
  const until = plusMs(now, context.getRemainingTimeInMillis() - reserveMs);
  reportRound(log, emit, await renewDue(deps, { chainId, now, until }), now);
};

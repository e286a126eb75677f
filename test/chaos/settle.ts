/** After the storms: the system comes to rest, and what it gave up is sent again as an administrator would, until nothing is left. */
import { z } from 'zod';
import { routeTable } from '../../functions/management-api/route-table.ts';
import { redriveReply } from '../../functions/management-api/schemas/dead-letters.ts';
import type { TestSession } from '../support/local-session.ts';

export type Settled = { redriven: number; deadLetters: number; streamFailures: number };

/** A busy machine with a long backlog, and on top of it the longest backoff, fifteen minutes. */
const restMs = 30 * 60_000;
const roundsAtMost = 20;

export const settle = async (session: TestSession): Promise<Settled> => {
  await rest(session);
  let redriven = 0;
  for (let round = 0; round < roundsAtMost && (await depthOf(session, 'DeadLetters')) > 0; round++) {
    redriven += await redrive(session);
    await rest(session);
  }
  return {
    redriven,
    deadLetters: await depthOf(session, 'DeadLetters'),
    streamFailures: await depthOf(session, 'Failures'),
  };
};

/** Nothing runs, nothing waits, and Google has no notification under way. */
export const rest = async ({ stack, google }: TestSession): Promise<void> => {
  const heard = () =>
    Object.values(google.control.channels()).reduce((sum, { messageNumber }) => sum + messageNumber, 0);
  for (let before = Number.NaN; before !== heard(); ) {
    before = heard();
    await stack.idle(restMs);
  }
};

const depthOf = async ({ stack }: TestSession, name: string): Promise<number> => {
  const queue = stack.queues.find((candidate) => candidate.name.includes(name));
  if (queue === undefined) throw new Error(`There is no queue ${name}`);
  const { visible, inFlight, delayed } = await queue.depth();
  return visible + inFlight + delayed;
};

const redrive = async ({ stack }: TestSession): Promise<number> => {
  const { method, path } = routeTable.redriveDeadLetters;
  const authorization = `Bearer ${await stack.token('operator', { admin: true })}`;
  const headers = { authorization, 'content-type': 'application/json' };
  const answer = await fetch(stack.apiUrl + path, { method, headers, body: '{}' });
  const body: unknown = await answer.json();
  if (!answer.ok) throw new Error(`The dead letters could not be sent again: ${answer.status} ${JSON.stringify(body)}`);
  return z.parse(redriveReply, body).redriven.length;
};

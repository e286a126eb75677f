/** The barbers of a run: each with one calendar, connected, and the channel that Google notifies us by. */
import pMap from 'p-map';
import { connectBarber } from '../../infra/local/demo/barber.ts';
import type { TestSession } from '../support/local-session.ts';

export type Barber = {
  user: string;
  calendar: string;
  authorization: string;
  channel: { id: string; token: string; resourceId: string };
};

const atOnce = 8;

/** Resolves when the first sync of each is done. */
export const connectBarbers = async (session: TestSession, count: number): Promise<Barber[]> => {
  const users = Array.from({ length: count }, (_, nth) => `barber-${nth}`);
  const connect = (user: string) => connectBarber(session, { userId: user, email: emailOf(user) });
  await pMap(users, connect, { concurrency: atOnce });
  await session.stack.idle(firstSyncsMs);
  const channels = session.google.control.channels();
  return pMap(users, async (user) => {
    const calendar = emailOf(user);
    const channel = channels.find(({ calendarId, stopped }) => calendarId === calendar && !stopped);
    if (channel === undefined) throw new Error(`${user} has no channel after the first sync`);
    const { id, token = '', resourceId } = channel;
    const authorization = `Bearer ${await session.stack.token(user)}`;
    return { user, calendar, authorization, channel: { id, token, resourceId } };
  });
};

const firstSyncsMs = 120_000;
const emailOf = (user: string): string => `${user}@example.com`;

/** A barber with two Google accounts at the stand-in, who connects, swaps and disconnects: what the flow tests of that share. */
import { expect } from 'vitest';
import { type ConnectDeps, connect } from '../../shared/connections/connect.ts';
import { type AskedToDisconnect, type DisconnectDeps, disconnect } from '../../shared/connections/disconnect.ts';
import type { Calendar } from '../../shared/domain/calendar.ts';
import { calendarKeyOf } from '../../shared/domain/derived-ids.ts';
import { type AppointmentId, asId, type CalendarId } from '../../shared/domain/ids.ts';
import { day, plusMs } from '../../shared/domain/instant.ts';
import { googleEndpoints } from '../../shared/google/endpoints.ts';
import { googleOAuth } from '../../shared/google/oauth.ts';
import type { Hint } from '../../shared/queue/hint.ts';
import type { TokenVault } from '../../shared/runtime/token-vault.ts';
import { dueShards } from '../../shared/store/keys.ts';
import { calendarId, now, userId } from '../support/samples.ts';
import { openGoogleJob } from './google-job.ts';
import { sealed } from './sync-job.ts';

export type AccountJob = Awaited<ReturnType<typeof openAccountJob>>;

export const first: string = calendarId;
export const other = 'other@example.com';
export const otherKey = calendarKeyOf(userId, other, asId<CalendarId>(other));

const vault: TokenVault = {
  seal: async (plaintext) => sealed(plaintext),
  open: async (text) => text.replace('sealed:', ''),
};

export const openAccountJob = async () => {
  const job = await openGoogleJob();
  const { control, stores } = job;
  const timeZone = 'America/New_York';
  control.createAccount({ email: other, calendars: [{ primary: true, timeZone }] });
  const stopped: string[] = [];
  /** The real client, but for channels: nobody listens here. */
  const google: typeof job.google = {
    ...job.google,
    watch: async (_, { channelId, expiresAt }) => ({ resourceId: `resource of ${channelId}`, expiresAt }),
    stop: async (_, { id }) => {
      stopped.push(id);
      return 'stopped';
    },
  };
  const endpoints = googleEndpoints({ GOOGLE_API_ROOT_URL: job.url, GOOGLE_OAUTH_ROOT_URL: job.url });
  const oauth = googleOAuth({ clientId: 'outside-client', clientSecret: 'secret' }, endpoints.oauth);
  let channels = 0;
  const newChannelId = () => asId<never>(`channel-${++channels}`);
  const run = (hint: Partial<Hint>) => job.syncAt(job.passMinute(), hint, { google, oauth, newChannelId });
  const stamp = () => ({ now: job.passMinute(), chainId: asId<Hint['chainId']>(`request-${++channels}`) });
  const deps = (): ConnectDeps => ({
    ...stores,
    google,
    vault,
    queue: { send: async (envelope) => void job.sent.push(envelope) },
    oauth: async () => oauth,
    within: (work) => work,
  });

  /** Every hint that there is, and those which they lead to. */
  const drain = async () => {
    for (let round = 1; job.sent.length > 0; round++) {
      if (round > 50) expect.fail('The queue does not drain');
      for (const { hint } of job.sent.splice(0)) await run(hint);
    }
  };
  const confirmed = async () => (await job.appointments()).filter(({ status }) => status === 'confirmed');
  const calendars = (): Promise<Calendar[]> => stores.calendars.listOf(userId);

  /** The hints that are there, the sweep's and those of the stream for what is pending, until nothing is left to do. */
  const settle = async () => {
    for (let round = 1; round <= 3; round++) {
      for (const { key, enabled } of await calendars()) {
        if (enabled)
          job.sent.push({ hint: { calendarKey: key, chainId: asId('sweep'), reason: 'sweep' }, deduplicationId: '' });
      }
      await drain();
    }
  };
  /** What that account's calendar shows: each event's title, and when it begins. */
  const shown = (email: string) =>
    job
      .live(asId(email))
      .map((event) => {
        const { summary, start } = event as { summary?: string; start: { dateTime?: string } };
        return `${summary} ${new Date(start.dateTime ?? '').toISOString()}`;
      })
      .sort();
  /** What is confirmed here, in the same words. */
  const held = async () => (await confirmed()).map(({ fields, startsAt }) => `${fields.title} ${startsAt}`).sort();
  const synced = async (id: AppointmentId) => expect((await job.appointment(id)).sync).toEqual({ state: 'synced' });

  return {
    ...job,
    google,
    stopped,
    deps,
    run,
    drain,
    calendars,
    calendar: async (email: string): Promise<Calendar> =>
      (await stores.calendars.load(calendarKeyOf(userId, email, asId(email)))) ?? expect.fail('There is no calendar'),
    connection: async () => (await stores.connections.load(userId)) ?? expect.fail('There is no connection'),

    /** A new consent of that account comes back. */
    connect: async (email: string, replaceAccount = false, overrides: Partial<ConnectDeps> = {}) => {
      const { accessToken } = control.mintAccessToken({ email, expiresInSeconds: 1e9 });
      const lasting = { accessTokenExpiresAt: plusMs(now, 1e9), scopes: [] };
      const { now: at, chainId } = stamp();
      const grant = { accessToken, refreshToken: accessToken, ...lasting };
      return connect({ ...deps(), ...overrides }, { userId, grant, replaceAccount, chainId, now: at });
    },
    disconnect: async (blocks: AskedToDisconnect['blocks'] = 'keep', overrides: Partial<DisconnectDeps> = {}) =>
      disconnect({ ...stores, ...deps(), ...overrides }, { userId, blocks }, stamp()),

    settle,
    shown,
    held,
    synced,
    /** A booking that both sides agree on, and a foreign event. */
    begin: async () => {
      const id = await job.book('booking');
      job.insert('Dentist', 14);
      await settle();
      await synced(id);
      return id;
    },
    /** Here is what that account's calendar shows. */
    agree: async (email: string) => {
      await settle();
      expect(await held()).toEqual(shown(email));
    },
    blockOf: async (title: string) =>
      (await job.appointments()).find(({ fields }) => fields.title === title) ?? expect.fail(`There is no ${title}`),
    /** Those of both calendars. */
    channelIds: async () => {
      const ids = (await calendars()).flatMap(({ channel }) => (channel === undefined ? [] : [channel.id]));
      expect(ids).toHaveLength(2);
      return ids.toSorted();
    },
    /** At each calendar that is off, as the renewal worker has it done. */
    lookOnceMore: async () => {
      for (const { key } of await stores.calendars.listReplaced(userId)) {
        await stores.calendars.postpone(key, job.passMinute());
        await run({ calendarKey: key, reason: 'disabled' });
      }
    },
    due: async () => {
      const shards = Array.from({ length: dueShards }, (_, shard) =>
        stores.calendars.listDue(shard, plusMs(now, 99 * day), 9),
      );
      return (await Promise.all(shards)).flat();
    },
  };
};

/** The first account is connected, and its first listings are done. */
export const openConnectedJob = async (): Promise<AccountJob> => {
  const job = await openAccountJob();
  await job.connect(first);
  await job.drain();
  return job;
};

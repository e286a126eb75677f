/** The demo's third part: what time and operators do to a connection. A channel is renewed, a consent taken back, a hint given up. */
import { setTimeout as delay } from 'node:timers/promises';
import { giveUpAfter } from '../aws/give-up.ts';
import type { Session } from '../session.ts';
import { apiOf } from './api.ts';
import { type Barber, connectBarber } from './barber.ts';
import { calendarClient } from './client.ts';
import { hourOf } from './hours.ts';
import type { Step } from './tell.ts';

/** A channel that was made less than a minute ago is not renewed on demand. */
const renewableAfterMs = 65_000;
const triesOfTemplate = 12;

/** The barber is connected by the first part. */
export function operationsStoryOf(session: Session, barber: Barber): Step[] {
  const { google, stack } = session;
  if (google === undefined) throw new Error('The story needs the stand-in');
  const { control } = google;
  const [api, admin] = [apiOf(session, barber.userId), apiOf(session, 'demo-operator', { admin: true })];
  const calendarId = barber.email;
  const startedAt = Date.now();

  const channel = async () => (await api.status()).calendars[0]?.channel;
  const liveChannels = () => control.channels().filter((known) => known.calendarId === calendarId && !known.stopped);
  const count = async (title: string) => (await api.appointments()).items.filter((item) => item.title === title).length;
  const isInGoogle = async (title: string) => {
    const { items = [] } = (await calendarClient(session, barber.email).events.list({ calendarId })).data;
    return items.some(({ summary }) => summary === title);
  };
  const insertInGoogle = (summary: string, daysAhead: number) =>
    control.insertEvent({ calendar: calendarId, event: { summary, ...hourOf(daysAhead) } });
  const letters = async () => (await admin.deadLetters()).items;
  let replaced: string | undefined;
  let advice: string | undefined;

  return [
    {
      story: 'The channel is renewed while an event is made: nothing lost, nothing doubled',
      prepare: async () => {
        await delay(Math.max(startedAt + renewableAfterMs - Date.now(), 0));
        replaced = (await channel())?.id;
      },
      act: async () => {
        await api.renewWebhooks();
        insertInGoogle('During renewal', 30);
      },
      shows: async () => {
        const current = await channel();
        const isRenewed = current?.state === 'active' && current.id !== replaced && liveChannels().length === 1;
        return isRenewed && (await count('During renewal')) === 1;
      },
      note: () => `${liveChannels().length} channel at Google`,
    },
    {
      story: 'The barber takes the consent back: the sync stops, and says so',
      prepare: () => stack.idle(),
      act: async () => {
        control.revokeGrant({ email: barber.email });
        insertInGoogle('While revoked', 31);
      },
      shows: async () => (await api.status()).connection.state === 'needs_reauth',
    },
    {
      story: 'Both sides went on meanwhile: after consent again each has what the other did',
      prepare: async () => {
        const { start, end } = hourOf(32);
        const times = { start: start.dateTime, end: end.dateTime, timeZone: start.timeZone };
        await api.createAppointment({ body: { title: 'Booked while revoked', ...times } });
        await stack.idle();
      },
      act: () => connectBarber(session, barber),
      shows: async () => (await count('While revoked')) === 1 && (await isInGoogle('Booked while revoked')),
    },
    {
      story: 'Google fails a sync each time: its hint becomes a dead letter',
      prepare: async () => {
        await stack.idle();
        await giveUpAfter(stack, 2);
        control.orderFault({ kind: 'status', status: 500, reason: 'backendError', path: '/events\\?', times: null });
      },
      act: async () => insertInGoogle('Given up', 33),
      shows: async () => {
        advice = (await letters())[0]?.advice;
        return advice !== undefined;
      },
      note: () => `advice: “${advice}”`,
    },
    {
      story: 'It is sent again once Google works: its event appears, no letter is left',
      prepare: () => giveUpAfter(stack, triesOfTemplate),
      act: async () => {
        control.clearFaults();
        await admin.redriveDeadLetters({ body: {} });
      },
      shows: async () => (await count('Given up')) === 1 && (await letters()).length === 0,
    },
  ];
}

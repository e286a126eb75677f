/** What `npm run demo` tells: a barber's day in Google Calendar, as the API shows it. */
import type { ReplyOf } from '../../../functions/management-api/client.ts';
import type { Session } from '../session.ts';
import { apiOf } from './api.ts';
import { type Barber, connectBarber } from './barber.ts';
import { calendarClient } from './client.ts';
import { hourOf, sameInstant } from './hours.ts';
import type { Step } from './tell.ts';

export function storyOf(session: Session, barber: Barber): Step[] {
  const api = apiOf(session, barber.userId);
  const events = () => calendarClient(session, barber.email).events;
  const calendarId = barber.email;
  const [tomorrow, dayAfter] = [hourOf(1), hourOf(2)];
  const sendUpdates = 'none';
  let eventId = '';

  const { google } = session;
  if (google === undefined) throw new Error('The story needs the stand-in');

  const appointments = async () => (await api.appointments()).items;
  const occurrences = async () => (await appointments()).filter(({ calendar }) => calendar?.recurringEventId);

  return [
    {
      story: 'A barber connects Google Calendar',
      act: () => connectBarber(session, barber),
      shows: async () => {
        const { calendars } = await api.status();
        return calendars.some(({ initialSyncComplete, channel }) => initialSyncComplete && channel?.state === 'active');
      },
    },
    {
      story: 'An event made in Google appears as an appointment',
      act: async () => {
        const { data } = await events().insert({ calendarId, requestBody: { summary: 'Dentist', ...tomorrow } });
        eventId = data.id ?? '';
      },
      shows: async () => (await appointments()).some(({ title }) => title === 'Dentist'),
    },
    {
      story: 'It is moved to another day',
      act: () => events().patch({ calendarId, eventId, sendUpdates, requestBody: dayAfter }),
      shows: async () => (await appointments()).some(({ start }) => sameInstant(start, dayAfter.start.dateTime)),
    },
    {
      story: 'It is deleted',
      act: () => events().delete({ calendarId, eventId, sendUpdates }),
      shows: async () => (await appointments()).length === 0,
    },
    {
      story: 'A daily event, ten times, appears as ten appointments',
      act: () => {
        const recurrence = ['RRULE:FREQ=DAILY;COUNT=10'];
        return events().insert({ calendarId, requestBody: { summary: 'Gym', ...tomorrow, recurrence } });
      },
      shows: async () => (await occurrences()).length === 10,
    },
    {
      story: 'One of the ten is renamed, another cancelled',
      act: async () => {
        const [, second, third] = await occurrences();
        await events().patch({ calendarId, eventId: idOf(second), sendUpdates, requestBody: { summary: 'Swim' } });
        await events().delete({ calendarId, eventId: idOf(third), sendUpdates });
      },
      shows: async () => {
        const titles = (await occurrences()).map(({ title }) => title);
        return titles.length === 9 && titles.includes('Swim');
      },
    },
    {
      story: 'A burst of fifty changes',
      act: async () => {
        google.control.clearLogs();
        const summaries = Array.from({ length: 50 }, (_, index) => `Burst ${index}`);
        await Promise.all(
          summaries.map((summary) => events().insert({ calendarId, requestBody: { summary, ...tomorrow } })),
        );
      },
      shows: async () => (await appointments()).filter(({ title }) => title.startsWith('Burst')).length === 50,
      note: () => `${google.control.requests({ operation: 'calendar.events.list' }).length} listings`,
    },
    {
      story: 'A deletion goes unnoticed and the cursor expires: found all the same',
      act: async () => {
        google.control.orderPushFault({ kind: 'drop', times: 1 });
        const [first] = await occurrences();
        await events().delete({ calendarId, eventId: idOf(first), sendUpdates });
        google.control.clearFaults();
        google.control.expireSyncTokens({ calendar: calendarId });
        await events().insert({ calendarId, requestBody: { summary: 'Afterwards', ...dayAfter } });
      },
      shows: async () => (await occurrences()).length === 8,
    },
  ];
}

const idOf = (appointment: ReplyOf<'appointments'>['items'][number] | undefined): string => {
  if (appointment?.calendar === undefined) throw new Error('✗ An occurrence is missing');
  return appointment.calendar.eventId;
};

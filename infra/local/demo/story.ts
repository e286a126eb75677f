/** What `npm run demo` tells: a barber's day in Google Calendar, as the API shows it. */
import type { Session } from '../session.ts';
import { connectBarber } from './barber.ts';
import { calendarClient } from './client.ts';
import type { Step } from './tell.ts';

type Appointments = { items: { title: string; start: string; calendar: { recurringEventId?: string } }[] };
type Status = { calendars: { initialSyncComplete: boolean; channel?: { state: string } }[] };

const barber = { userId: 'demo-barber', email: 'demo.barber@example.com' };
const timeZone = 'America/New_York';

export function storyOf(session: Session): Step[] {
  const events = () => calendarClient(session, barber.email).events;
  const calendarId = barber.email;
  const [tomorrow, dayAfter] = [hourOf(1), hourOf(2)];
  const sendUpdates = 'none';
  let eventId = '';

  const appointments = async () => (await read<Appointments>(session, '/api/v2/appointments')).items;

  return [
    {
      story: 'A barber connects Google Calendar',
      act: () => connectBarber(session, barber),
      shows: async () => {
        const { calendars } = await read<Status>(session, '/api/v2/calendar/real-time-sync/status');
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
      shows: async () => (await appointments()).filter(({ calendar }) => calendar.recurringEventId).length === 10,
    },
  ];
}

function hourOf(daysAhead: number) {
  const startMs = Math.trunc(Date.now() / 1_000) * 1_000 + daysAhead * 86_400_000;
  const moment = (ms: number) => ({ dateTime: new Date(ms).toISOString(), timeZone });
  return { start: moment(startMs), end: moment(startMs + 3_600_000) };
}

function sameInstant(a: string, b: string): boolean {
  return Date.parse(a) === Date.parse(b);
}

async function read<T>({ stack }: Session, path: string): Promise<T> {
  const headers = { authorization: `Bearer ${await stack.token(barber.userId)}` };
  const response = await fetch(`${stack.apiUrl}${path}`, { headers });
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as T;
}

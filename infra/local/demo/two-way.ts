/** The demo's second part: a booking that is changed on both sides, in turn, at once, and in ways that only a person can settle. */
import type { ReplyOf, RequestOf } from '../../../functions/management-api/client.ts';
import type { Session } from '../session.ts';
import { apiOf } from './api.ts';
import type { Barber } from './barber.ts';
import { calendarClient } from './client.ts';
import { hourOf, sameInstant } from './hours.ts';
import type { Step } from './tell.ts';

export function twoWayStoryOf(session: Session, { userId, email }: Barber): Step[] {
  const { google } = session;
  if (google === undefined) throw new Error('The story needs the stand-in');
  const api = apiOf(session, userId);
  const events = () => calendarClient(session, email).events;
  const [booked, movedThere, movedHere, movedThereAgain] = [hourOf(20), hourOf(21), hourOf(22), hourOf(23)];
  let id = '';
  let conflict: ReplyOf<'conflict'> | undefined;

  const booking = () => api.appointment({ path: { id } });
  const edit = (body: RequestOf<'editAppointment'>['body']) => api.editAppointment({ path: { id }, body });
  const eventRef = async () => ({ calendarId: email, eventId: (await booking()).calendar?.eventId ?? '' });
  const event = async () => (await events().get(await eventRef())).data;
  const editInGoogle = async (requestBody: object) =>
    events().patch({ ...(await eventRef()), sendUpdates: 'none', requestBody });
  /** Google's edit goes unnoticed until ours is about to be told: once no earlier one is still being looked into. */
  const prepare = () => session.stack.idle();
  const atOnce = async (inGoogle: object, here: RequestOf<'editAppointment'>['body']) => {
    google.control.orderPushFault({ kind: 'drop' });
    await editInGoogle(inGoogle);
    await edit(here);
  };
  const bothStartAt = async ({ start }: ReturnType<typeof hourOf>) => {
    const times = [(await booking()).start, (await event()).start?.dateTime ?? ''];
    return times.every((time) => sameInstant(time, start.dateTime));
  };
  const openConflict = async () => {
    const { items } = await api.conflicts({ query: { status: 'open' } });
    return items[0] && api.conflict({ path: { id: items[0].id } });
  };

  return [
    {
      story: 'A booking made through the API appears in Google',
      act: async () => {
        const body = { service: 'Haircut', clientName: 'Jane', ...timesOf(booked) };
        ({ id } = await api.createAppointment({ body }));
      },
      shows: async () => {
        const { items = [] } = (await events().list({ calendarId: email, singleEvents: true })).data;
        return items.some(({ summary }) => summary === 'Haircut – Jane');
      },
    },
    {
      story: 'The barber moves it in Google: the booking follows',
      act: () => editInGoogle(movedThere),
      shows: () => bothStartAt(movedThere),
    },
    {
      story: 'Both edit different parts at once: both edits are on both sides',
      prepare,
      act: () => atOnce({ description: 'Bring the photo' }, { title: 'Haircut and shave' }),
      shows: async () => {
        const [{ title, notes }, { summary, description }] = await Promise.all([booking(), event()]);
        return [title, summary].every(is('Haircut and shave')) && [notes, description].every(is('Bring the photo'));
      },
    },
    {
      story: 'Both move it at once: that is for a person to decide',
      prepare,
      act: () => atOnce(movedThereAgain, timesOf(movedHere)),
      shows: async () => {
        conflict = await openConflict();
        return conflict !== undefined;
      },
      note: () => (conflict?.suggestion ? inShort(conflict.suggestion) : 'no suggestion'),
    },
    {
      story: 'The barber decides for our time: Google follows',
      act: () => {
        if (conflict?.seen === undefined) throw new Error('There is nothing to decide');
        return api.resolveConflict({
          path: { id: conflict.id },
          body: { choice: 'bookedbarber', seen: conflict.seen },
        });
      },
      shows: async () => (await openConflict()) === undefined && bothStartAt(movedHere),
    },
  ];
}

const timesOf = ({ start, end }: ReturnType<typeof hourOf>) => ({
  start: start.dateTime,
  end: end.dateTime,
  timeZone: start.timeZone,
});

/** With the reason that weighs most. */
const inShort = ({ choice, reasons }: NonNullable<ReplyOf<'conflict'>['suggestion']>): string =>
  `suggested: ${choice}, because “${reasons.toSorted((a, b) => b.weight - a.weight)[0]?.text}”`;

const is = (expected: string) => (said: string | null | undefined) => said === expected;

import { describe, expect, test } from 'vitest';
import { appointmentsRoute } from '../../../functions/management-api/routes/appointments.ts';
import { appointmentsReply } from '../../../functions/management-api/schemas/appointments.ts';
import { asId } from '../../../shared/domain/ids.ts';
import type { AgendaPage, AgendaRequest } from '../../../shared/ports.ts';
import { windowAt } from '../../../shared/schedule/window.ts';
import { agendaPosition } from '../../../shared/store/keys.ts';
import { anAppointment, now, userId } from '../../support/samples.ts';

/** Asks the route; gives its answer and what it asked the agenda for. */
const ask = async (query: Record<string, string>, page: AgendaPage = { items: [] }) => {
  const asked: AgendaRequest[] = [];
  const list = async (request: AgendaRequest) => {
    asked.push(request);
    return page;
  };
  const reply = await appointmentsRoute({ list })({
    userId,
    params: {},
    query,
    headers: {},
    body: undefined,
    now,
    chainId: asId('chain-1'),
  });
  return { reply, asked: asked[0] };
};
const wrongField = (field: string) =>
  expect.objectContaining({ status: 400, errors: [expect.objectContaining({ field })] });
const cursorOf = (position: string) => Buffer.from(position).toString('base64url');

const appointment = anAppointment();
const position = agendaPosition(appointment.startsAt, appointment.id);

test('without bounds the whole window is asked for, and only for the user of the token [R15]', async () => {
  const { asked } = await ask({});
  expect(asked).toEqual({ userId, ...windowAt(now), limit: 100, includeCancelled: false });
});

test('bounds are moments in UTC, a date its midnight', async () => {
  const { asked } = await ask({ from: '2026-03-03', to: '2026-03-03T10:00:00+02:00', include: 'cancelled' });
  expect(asked).toMatchObject({
    from: '2026-03-03T00:00:00.000Z',
    to: '2026-03-03T08:00:00.000Z',
    includeCancelled: true,
  });
});

test.each([
  ['2026-03-03', '2026-03-03'],
  ['2026-03-04', '2026-03-03'],
  ['2026-03-03T02:00:00+02:00', '2026-03-03'],
])('a span from %s to %s is none', async (from, to) => {
  await expect(ask({ from, to })).rejects.toEqual(wrongField('to'));
});

describe('a cursor', () => {
  test('leads to where the page before it ended', async () => {
    const { reply } = await ask({}, { items: [appointment], after: position });
    const { nextCursor = '' } = appointmentsReply.parse('body' in reply ? reply.body : reply);
    expect((await ask({ cursor: nextCursor })).asked?.after).toBe(position);
  });

  test('is not given when nothing follows', async () => {
    const { reply } = await ask({}, { items: [appointment] });
    expect(reply).toEqual({ status: 200, body: { items: [expect.objectContaining({ id: appointment.id })] } });
  });

  test.each([
    ['of another form', cursorOf('somewhere')],
    ['of no position', 'AAAA'],
    ['that reaches further than its position', cursorOf(`${position}#more`)],
    ['with a control character', cursorOf(`${position}\u0001`)],
    ['that is no base64url', '%%%'],
  ])('%s is refused by name', async (_, cursor) => {
    await expect(ask({ cursor })).rejects.toEqual(wrongField('cursor'));
  });

  test('of another list, behind the end of this one, is refused: the store could not look there', async () => {
    await expect(ask({ to: '2026-03-03', cursor: cursorOf(position) })).rejects.toEqual(wrongField('cursor'));
  });
});

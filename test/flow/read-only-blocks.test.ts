/** Events in the calendar of the bookings that are not the barber's to rewrite, through the API and the push. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { cancelAppointmentRoute, editAppointmentRoute } from '../../functions/management-api/routes/appointment.ts';
import type { Appointment } from '../../shared/domain/appointment.ts';
import { defaultSettings } from '../../shared/domain/settings.ts';
import { type Answer, apiOver } from '../support/api-calls.ts';
import { type GoogleJob, hourOf, openGoogleJob } from './google-job.ts';

let job: GoogleJob;
let api: ReturnType<typeof apiOver>;
const open = async (settings = defaultSettings) => {
  job = await openGoogleJob(settings);
  api = apiOver({
    editAppointment: editAppointmentRoute(job.stores),
    cancelAppointment: cancelAppointmentRoute(job.stores),
  });
};
beforeEach(() => open());
afterEach(() => job.stop());

const listed = async (): Promise<Appointment> => {
  await job.sync();
  return (await job.appointments())[0] ?? expect.fail('There is no block');
};
const edit = ({ id }: Appointment, body: object): Promise<Answer> => api('editAppointment', { id, body });
const readOnly = { status: 409, body: { type: 'urn:bookedbarber:problem:read-only' } };

describe('[R2] a private event, whose text we were not shown', () => {
  const text = { summary: 'Therapist', description: 'The only copy', location: 'Side St' };
  const insert = () =>
    job.insert(text.summary, 15, { visibility: 'private', description: text.description, location: text.location });

  test.each([{ title: 'Out' }, { location: 'Chair one' }, { notes: 'Call first' }])(
    'keeps it: %j is refused',
    async (body) => {
      insert();
      const block = await listed();
      expect(await edit(block, body)).toMatchObject({ ...readOnly, body: { detail: expect.stringContaining('text') } });
      await job.push(block.id);
      expect(job.live()[0]).toMatchObject(text);
    },
  );

  test('can be moved, and keeps it', async () => {
    insert();
    const block = await listed();
    expect((await edit(block, hourOf(17))).status).toBe(200);
    await job.push(block.id);
    expect(job.live()[0]).toMatchObject({ ...text, start: { dateTime: '2026-03-03T17:00:00-05:00' } });
    await job.sync();
    expect(await edit(block, { notes: 'Call first' })).toMatchObject(readOnly); // After our own write as well.
  });

  test('whose text is read here is edited as any other', async () => {
    await job.stop();
    await open({ ...defaultSettings, readPrivateText: true });
    insert();
    const block = await listed();
    expect((await edit(block, { notes: 'Call first' })).status).toBe(200);
    await job.push(block.id);
    expect(job.live()[0]).toMatchObject({ ...text, description: 'Call first' });
  });
});

describe('[R15] a booking of another barber who shares the calendar', () => {
  const insert = () =>
    job.insert('Shave – Bob', 15, {
      extendedProperties: { private: { bookedBarber: `another-owner.${'x'.repeat(22)}` } },
    });

  test('is neither cancelled nor moved from here', async () => {
    insert();
    const block = await listed();
    expect(await api('cancelAppointment', { id: block.id })).toMatchObject(readOnly);
    expect(await edit(block, hourOf(17))).toMatchObject(readOnly);
    await job.push(block.id);
    expect(job.live()[0]).toMatchObject({ summary: 'Shave – Bob', start: { dateTime: '2026-03-03T15:00:00-05:00' } });
  });
});

test('an event that says “Busy” of itself is edited as any other', async () => {
  job.insert('Busy', 15);
  expect((await edit(await listed(), { title: 'Dentist' })).status).toBe(200);
});

/** The booking routes over stores in memory, as a user's requests meet them. */
import { expect } from 'vitest';
import {
  appointmentRoute,
  cancelAppointmentRoute,
  createAppointmentRoute,
  editAppointmentRoute,
} from '../../functions/management-api/routes/appointment.ts';
import { pushExistingRoute } from '../../functions/management-api/routes/push-existing.ts';
import type { Appointment } from '../../shared/domain/appointment.ts';
import type { Calendar } from '../../shared/domain/calendar.ts';
import { type AppointmentId, asId } from '../../shared/domain/ids.ts';
import type { Envelope } from '../../shared/queue/hint.ts';
import { apiOver, type Call } from '../support/api-calls.ts';
import { memoryStores } from '../support/memory-store.ts';
import { aCalendar, aConnection, at, now, userId } from '../support/samples.ts';

export const request = {
  service: 'Cut',
  clientName: 'Ann',
  start: '2026-03-03T10:00',
  end: '2026-03-03T11:00',
  timeZone: 'America/New_York',
};

export const problem = (status: number, slug: string) => ({
  status,
  body: { type: `urn:bookedbarber:problem:${slug}`, status },
});
export const wrong = (...fields: string[]) => ({
  status: 400,
  body: { errors: fields.map((field) => ({ field })) },
});
export const detailsOnBlocks = { service: 'Cut', price: { amount: 1, currency: 'EUR' } };

export type BookingApi = ReturnType<typeof openBookingApi>;

export const openBookingApi = () => {
  let ids = 0;
  const newId = () => asId<AppointmentId>(`booking-${String(++ids).padStart(14, '0')}`);
  const hints: Envelope[] = [];
  const stores = memoryStores();
  const call = apiOver({
    createAppointment: createAppointmentRoute({ ...stores, newId }),
    appointment: appointmentRoute(stores.appointments),
    editAppointment: editAppointmentRoute(stores),
    cancelAppointment: cancelAppointmentRoute(stores),
    pushExisting: pushExistingRoute({ ...stores, queue: { send: async (envelope) => void hints.push(envelope) } }),
  });
  const book = (body: object = {}, rest: Call = {}) =>
    call('createAppointment', { ...rest, body: { ...request, ...body } });

  return {
    stores,
    call,
    hints,
    connect: async (...calendars: Partial<Calendar>[]) => {
      await stores.connections.create(aConnection());
      for (const calendar of calendars.length > 0 ? calendars : [{}]) {
        await stores.calendars.register(aCalendar(calendar), { dueAt: now, renewChannel: false });
      }
    },
    book,
    booked: async (body: object = {}): Promise<string> => {
      const { status, body: made } = await book(body);
      expect(status).toBe(201);
      return String(made.id);
    },
    edit: (id: string, body: object, rest: Call = {}) => call('editAppointment', { ...rest, id, body }),
    stored: async (id: string): Promise<Appointment> =>
      (await stores.appointments.loadMany(userId, [asId(id)]))[0] ?? expect.fail('There is no appointment'),
    store: async (appointment: Appointment, before?: Appointment) =>
      expect(await stores.appointments.save(appointment, { before })).toBe('saved'),
    agenda: () =>
      stores.appointments.list({
        userId,
        from: at('2020-01-01T00:00:00Z'),
        to: at('2040-01-01T00:00:00Z'),
        limit: 100,
        includeCancelled: true,
      }),
  };
};

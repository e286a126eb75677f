/** POST /api/v2/appointments, and GET, PATCH and DELETE of one appointment. */
import { cancelAppointment } from '../../../shared/bookings/cancel-appointment.ts';
import type { ChangeDeps, Target } from '../../../shared/bookings/change-appointment.ts';
import { type CreateDeps, createBooking } from '../../../shared/bookings/create-booking.ts';
import { editAppointment } from '../../../shared/bookings/edit-appointment.ts';
import { bookingIdOf } from '../../../shared/domain/derived-ids.ts';
import { type AppointmentId, asId } from '../../../shared/domain/ids.ts';
import type { AppointmentStore } from '../../../shared/ports.ts';
import { noSuchAppointment, replyTo, showing } from '../present-outcome.ts';
import { partsOf } from '../read-booking.ts';
import { parse, type Route, type UserRequest } from '../route.ts';
import { appointmentEdit, idempotencyHeaders, newAppointment, versionHeaders } from '../schemas/appointments.ts';
import { noBody, noQuery } from '../schemas/wire-values.ts';

export type CreateRouteDeps = CreateDeps & { newId(): AppointmentId };

export const createAppointmentRoute =
  (deps: CreateRouteDeps): Route<UserRequest> =>
  async ({ userId, query, headers, body, now, chainId }) => {
    parse(noQuery, query);
    const { 'idempotency-key': key } = parse(idempotencyHeaders, headers);
    const { allowOverlap, ...asked } = parse(newAppointment, body);
    const id = key === undefined ? deps.newId() : bookingIdOf(userId, key);
    const creation = { id, userId, request: partsOf(asked), allowOverlap };
    const reply = replyTo(await createBooking(deps, creation, { now, chainId }));
    return { ...reply, status: 201, headers: { ...reply.headers, location: `/api/v2/appointments/${id}` } };
  };

export const appointmentRoute =
  (appointments: Pick<AppointmentStore, 'loadMany'>): Route<UserRequest> =>
  async ({ userId, params, query }) => {
    parse(noQuery, query);
    const [appointment] = await appointments.loadMany(userId, [readId(params)]);
    if (appointment === undefined) throw noSuchAppointment();
    return showing(appointment);
  };

export const editAppointmentRoute =
  (deps: ChangeDeps): Route<UserRequest> =>
  async (request) => {
    parse(noQuery, request.query);
    const { version, allowOverlap, ...asked } = parse(appointmentEdit, request.body);
    const target = readTarget(request, version);
    return replyTo(await editAppointment(deps, target, { edit: partsOf(asked), allowOverlap }, request));
  };

export const cancelAppointmentRoute =
  (deps: ChangeDeps): Route<UserRequest> =>
  async (request) => {
    parse(noQuery, request.query);
    parse(noBody, request.body);
    return replyTo(await cancelAppointment(deps, readTarget(request), request));
  };

const readTarget = ({ userId, params, headers }: UserRequest, version?: number): Target => {
  const { 'if-match': etag } = parse(versionHeaders, headers);
  const given = etag === undefined ? undefined : Number(etag.slice(1, -1));
  return { userId, id: readId(params), versions: [given, version].filter((one) => one !== undefined) };
};

/** Anything that is not an id of ours is not found. */
const readId = ({ id = '' }: UserRequest['params']): AppointmentId => {
  if (!/^[\w-]{22}$/.test(id)) throw noSuchAppointment();
  return asId(id);
};

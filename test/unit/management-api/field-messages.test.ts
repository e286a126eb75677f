import { describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { Problem } from '../../../functions/management-api/problem.ts';
import { parse } from '../../../functions/management-api/route.ts';
import {
  appointmentEdit,
  appointmentsQuery,
  newAppointment,
} from '../../../functions/management-api/schemas/appointments.ts';
import { decision } from '../../../functions/management-api/schemas/conflicts.ts';
import { redriveBody } from '../../../functions/management-api/schemas/dead-letters.ts';
import { settings } from '../../../functions/management-api/schemas/settings.ts';

const errorsOf = (schema: z.ZodMiniType, input: unknown): Record<string, string> => {
  try {
    parse(schema, input);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return Object.fromEntries((error.errors ?? []).map(({ field, message }) => [field, message]));
  }
  return {};
};

test('what is left out is required', () => {
  const required = { start: 'Required', end: 'Required', timeZone: 'Required' };
  expect(errorsOf(newAppointment, {})).toEqual(required);
  expect(errorsOf(settings, {})).toEqual({
    conflictPolicy: 'Required',
    shared: 'Required',
    readPrivateText: 'Required',
  });
  expect(errorsOf(newAppointment, undefined)).toEqual({ body: 'Required' });
  expect(errorsOf(decision, { choice: 'google', seen: {} })).toEqual({
    'seen.ours': 'Required',
    'seen.theirs': 'Required',
  });
});

test.each<[z.ZodMiniType, object, string, string]>([
  [appointmentEdit, { title: ' ' }, 'title', 'Must not be empty'],
  [appointmentEdit, { title: 'x'.repeat(1_025) }, 'title', 'Must be at most 1024 characters'],
  [appointmentEdit, { service: 'x'.repeat(257) }, 'service', 'Must be at most 256 characters'],
  [appointmentEdit, { service: 7 }, 'service', 'Must be text'],
  [appointmentEdit, { allDay: 'yes' }, 'allDay', 'Must be true or false'],
  [appointmentEdit, { version: 0 }, 'version', 'Must be at least 1'],
  [appointmentEdit, { version: 1.5 }, 'version', 'Must be a whole number'],
  [appointmentEdit, { price: 3 }, 'price', 'Must be an object'],
  [appointmentEdit, { notes: 'a\u0000' }, 'notes', 'Must be Unicode text without control characters'],
  [redriveBody, { ids: [] }, 'ids', 'Must not be empty'],
  [redriveBody, { ids: 'all' }, 'ids', 'Must be a list'],
  [redriveBody, { ids: Array(101).fill('a') }, 'ids', 'Must have at most 100 items'],
  [appointmentsQuery, { limit: '501' }, 'limit', 'Must be at most 500'],
  [appointmentsQuery, { include: 'all' }, 'include', 'Must be "cancelled"'],
  [
    z.pick(settings, { conflictPolicy: true }),
    { conflictPolicy: 'newest' },
    'conflictPolicy',
    'Must be one of "merge", "google_wins", "bookedbarber_wins", "latest_wins", "manual"',
  ],
])('what is wrong is said in the words of the API: %#', (schema, input, field, message) => {
  expect(errorsOf(schema, input)).toEqual({ [field]: message });
});

describe('the time of a booking', () => {
  test.each([
    '2027-05-03',
    '2027-05-03T12:00',
    '2027-05-03T12:00:00',
    '2027-05-03T12:00Z',
    '2027-05-03T12:00+02:00',
    '2027-05-03T12:00:00.5+02:00',
  ])('may be %s', (start) => {
    expect(errorsOf(appointmentEdit, { start })).toEqual({});
  });

  test.each(['noon', '2027-05-03T12', '2027-05-03T25:00Z', '2027-02-30T12:00Z', '2027-05-03 12:00', 7])(
    'that is %s is told what it may be like',
    (start) => {
      expect(errorsOf(appointmentEdit, { start })).toEqual({
        start: 'Must be a date or an RFC 3339 time, such as 2027-05-03T12:00:00+02:00',
      });
    },
  );
});

/** The tests of what is documented would notice what is not: each of these answers is a fault, and the good one is none. */
import { expect, test } from 'vitest';
import { openApiDocument } from '../../../functions/management-api/openapi.ts';
import { presentAppointment } from '../../../functions/management-api/present-appointment.ts';
import { type Answered, documentedBy } from '../../support/documented.ts';
import { aBooking } from '../../support/samples.ts';

const faultsIn = documentedBy(openApiDocument());
const shown = presentAppointment(aBooking());

type Change = Partial<Omit<Answered, 'headers'>> & { type?: string; headers?: Record<string, string> };

const answer = ({ status = 201, type = 'application/json', headers = {}, body = shown }: Change): Answered => ({
  status,
  headers: new Headers({ 'content-type': type, etag: '"1"', location: '/a', ...headers }),
  body,
});
const problem = (slug: string, status = 409) => ({
  type: 'application/problem+json',
  status,
  body: { type: `urn:bookedbarber:problem:${slug}`, title: 'No', status, detail: 'No' },
});

test.each<[string, Change]>([
  ['success', {}],
  ['a type with a charset', { type: 'application/json; charset=utf-8' }],
  ['a problem that is listed', problem('double-booking')],
  ['a word of the gateway’s', { status: 429, body: { message: 'Too Many Requests' } }],
])('%s is as documented', (_, change) => {
  expect(faultsIn('createAppointment', answer(change))).toEqual([]);
});

test.each<[string, Change]>([
  ['a status that is not listed', { status: 200 }],
  ['another media type', { type: 'text/html' }],
  ['a field that is not listed', { body: { ...shown, color: 'red' } }],
  ['a field that is missing', { body: { ...shown, id: undefined } }],
  ['a value of another type', { body: { ...shown, version: '1' } }],
  ['a time that is none', { body: { ...shown, updatedAt: 'yesterday' } }],
  ['a problem that is not listed', problem('undo-refused')],
  ['a problem under another status', problem('double-booking', 400)],
  [
    'a problem that says another status',
    { ...problem('double-booking'), body: { ...problem('double-booking').body, status: 400 } },
  ],
  ['a word of the gateway’s that it does not say here', { status: 403, body: { message: 'Forbidden' } }],
  ['a bare message where a problem belongs', { status: 409, body: { message: 'Conflict' } }],
])('%s is a fault', (_, change) => {
  expect(faultsIn('createAppointment', answer(change))).not.toEqual([]);
});

test('a header that is missing is a fault', () => {
  const { headers, ...rest } = answer({});
  headers.delete('etag');
  expect(faultsIn('createAppointment', { ...rest, headers })).not.toEqual([]);
});

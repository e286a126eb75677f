import { expect, test } from 'vitest';
import { defaultSettings, unsharedIn } from '../../../shared/domain/settings.ts';

test('unless the user says otherwise, what does not touch merges, and nobody outside learns how to reach a client', () => {
  expect(defaultSettings).toEqual({
    conflictPolicy: 'merge',
    shared: { service: true, clientName: true, clientContact: false, price: false, location: true, notes: true },
    readPrivateText: false,
  });
});

test.each([
  [{}, []],
  [{ location: false }, ['location']],
  [{ notes: false, location: false }, ['location', 'notes']],
  [{ service: false, price: false }, []],
])('of an event, %j keeps %j from Google as a whole', (off, unshared) => {
  expect(unsharedIn({ ...defaultSettings, shared: { ...defaultSettings.shared, ...off } })).toEqual(unshared);
});

import { expect, test } from 'vitest';
import { takesTime } from '../../../shared/decision/block-policy.ts';
import type { CalendarEvent } from '../../../shared/domain/calendar-event.ts';
import { anEvent } from '../../support/samples.ts';

test.each<[boolean, string, Partial<CalendarEvent>]>([
  [true, 'an ordinary event', {}],
  [true, 'a private event', { confidential: true }],
  [true, 'focus time', { eventType: 'focusTime' }],
  [true, 'an absence', { eventType: 'outOfOffice' }],
  [true, 'an event made from an e-mail', { eventType: 'fromGmail' }],
  [true, 'an event of a kind that is new to us', { eventType: 'siesta' }],
  [false, 'an event marked as free', { transparent: true }],
  [false, 'an invitation that the barber has declined', { declined: true }],
  [false, 'a working location', { eventType: 'workingLocation' }],
  [false, 'a birthday', { eventType: 'birthday' }],
])('%s: %s takes time', (takes, _, event) => {
  expect(takesTime(anEvent(event))).toBe(takes);
});

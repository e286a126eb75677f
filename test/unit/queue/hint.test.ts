import { describe, expect, test } from 'vitest';
import { pendingAt } from '../../../shared/decision/sync-state.ts';
import { asId } from '../../../shared/domain/ids.ts';
import { plusMs, second } from '../../../shared/domain/instant.ts';
import type { Verified } from '../../../shared/notifications/verify-notification.ts';
import {
  appointmentHint,
  continuationHint,
  freshHint,
  listingHint,
  notificationHint,
  parseHint,
  pendingHint,
  recheckHint,
} from '../../../shared/queue/hint.ts';
import { aBooking, aCalendar, calendarKey, now } from '../../support/samples.ts';

const chainId = asId<Parameters<typeof freshHint>[2]>('3b6c1c0e-9d0e-4f0e-8f67-0a4e7a5d1c11');

const pending = pendingAt(aCalendar(), now);

const verified = (channelId: string, messageNumber: string): Verified => ({
  kind: 'valid',
  calendarKey,
  connectGeneration: 2,
  notification: { channelId, messageNumber, token: 'token', resourceId: 'resource', resourceState: 'exists' },
});

describe('a hint', () => {
  const reasons = [
    'notification',
    'connected',
    'enabled',
    'disabled',
    'continuation',
    'sweep',
    'manual',
    'appointment',
    'compare',
  ] as const;
  test.each(reasons)('of our own says why: %s', (reason) => {
    expect(parseHint(JSON.stringify(freshHint(calendarKey, reason, chainId).hint)).reason).toBe(reason);
  });

  test.each([
    ['of a notification', notificationHint(verified('channel-1', '10'))],
    ['of our own', freshHint(calendarKey, 'sweep', chainId)],
    ['to go on', continuationHint(calendarKey, chainId, now)],
    ['of a changed appointment', appointmentHint(aBooking(), pending)],
    ['to list', listingHint(calendarKey, chainId, now)],
    ['to push whatever is pending', pendingHint(calendarKey, chainId, now)],
    ['to compare once more', recheckHint(calendarKey, chainId, now)],
  ])('%s is read as it was written', (_, { hint }) => {
    expect(parseHint(JSON.stringify(hint))).toEqual(hint);
  });

  const { hint } = freshHint(calendarKey, 'sweep', chainId);
  test.each([
    ['a field more', { ...hint, force: true }],
    ['a field less', { reason: 'sweep', chainId }],
    ['an unknown reason', { ...hint, reason: 'because' }],
    ['a generation that is no whole number', { ...hint, connectGeneration: 1.5 }],
    ['a generation as text', { ...hint, connectGeneration: '1' }],
    ['null', null],
    ['a list', [hint]],
  ])('with %s is refused', (_, body) => {
    expect(() => parseHint(JSON.stringify(body))).toThrow();
  });

  test.each(['', '{', 'sync'])('"%s" is refused', (body) => {
    expect(() => parseHint(body)).toThrow(SyntaxError);
  });

  test('[R12] of a changed appointment goes to the calendar that it is due in, and on with the chain of the change', () => {
    const target = { ...pending.target, calendarKey: asId<typeof calendarKey>('another-calendar') };
    expect(appointmentHint(aBooking(), { ...pending, target }).hint).toEqual({
      calendarKey: 'another-calendar',
      chainId: aBooking().provenance.chainId,
      reason: 'appointment',
      appointment: { id: aBooking().id },
    });
  });

  test.each([
    ['a push that needs a listing, one that lists', listingHint(calendarKey, chainId, now), 'sweep'],
    ['changes that nothing has pushed, one that pushes', pendingHint(calendarKey, chainId, now), 'appointment'],
  ])('[R12] after %s, in the same chain and about no single appointment', (_, { hint }, reason) => {
    expect(hint).toEqual({ calendarKey, chainId, reason });
  });

  test('[R13] of a notification names the connect generation of its token', () => {
    expect(notificationHint(verified('channel-1', '10')).hint.connectGeneration).toBe(2);
  });
});

describe('a deduplication id', () => {
  test('[F15] names the message: repeats of one collapse, two never do', () => {
    const messages: [string, string][] = [
      ['channel-1', '10'],
      ['channel-1', '10'],
      ['channel-1', '11'],
      ['channel-11', '0'],
      ['channel-2', '10'],
    ];
    const ids = messages.map((message) => notificationHint(verified(...message)).deduplicationId);
    expect(new Set(ids).size).toBe(4);
    expect(ids[0]).toBe(ids[1]);
  });

  test('[R6] is another for each cause, never one per calendar', () => {
    const other = asId<typeof chainId>('another-chain');
    const soon = plusMs(now, 1 * second);
    const ids = [
      freshHint(calendarKey, 'enabled', chainId),
      freshHint(calendarKey, 'disabled', chainId),
      freshHint(calendarKey, 'enabled', other),
      continuationHint(calendarKey, chainId, now),
      continuationHint(calendarKey, chainId, soon),
      appointmentHint(aBooking(), pending),
      appointmentHint(aBooking({ version: 2 }), pending),
      appointmentHint({ ...aBooking(), id: asId('another-appointment') }, pending),
      listingHint(calendarKey, chainId, now),
      listingHint(calendarKey, chainId, soon),
      pendingHint(calendarKey, chainId, now),
      pendingHint(calendarKey, chainId, soon),
    ].map(({ deduplicationId }) => deduplicationId);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('keeps to 128 characters, however many runs a listing takes', () => {
    let { hint, deduplicationId } = notificationHint(verified('c'.repeat(64), '9'.repeat(19)));
    for (let run = 0; run < 20; run++) {
      expect(deduplicationId).toMatch(/^[\w:.-]{1,128}$/);
      ({ hint, deduplicationId } = continuationHint(hint.calendarKey, hint.chainId, plusMs(now, run * second)));
    }
  });

  test('[R12] a listing of several runs stays one chain', () => {
    expect(continuationHint(calendarKey, chainId, now).hint.chainId).toBe(chainId);
  });
});

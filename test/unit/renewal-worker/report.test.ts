import { beforeEach, describe, expect, test } from 'vitest';
import { reportRound, reportVisit } from '../../../functions/renewal-worker/report.ts';
import type { ChannelOutcome } from '../../../shared/channels/reconcile-channel.ts';
import { asId } from '../../../shared/domain/ids.ts';
import { GoogleError } from '../../../shared/google/google-error.ts';
import type { Visit } from '../../../shared/renewal/census.ts';
import type { Emit, Log } from '../../../shared/runtime/observability.ts';
import { aCalendar, calendarKey, now } from '../../support/samples.ts';
import { aSlot } from '../health/states.ts';

let lines: [string, ...unknown[]][];
let emitted: Parameters<Emit>[0][];
beforeEach(() => {
  lines = [];
  emitted = [];
});
const log: Log = { info: (...line) => void lines.push(line), error: (...line) => void lines.push(line) };
const emit: Emit = (values) => void emitted.push(values);

const refused = new GoogleError('events.watch', 503, undefined, undefined);
const looked = (channel: ChannelOutcome): Visit => ({
  calendarKey,
  kind: 'looked',
  calendar: aCalendar({ channel: aSlot() }),
  channel,
  hints: 0,
});
const failed = (error: unknown): Visit => ({ calendarKey, kind: 'failed', error });
const times = (count: number, visit: Visit) => Array.from({ length: count }, () => visit);

describe('of a calendar it says', () => {
  const chainId = asId<Parameters<typeof reportVisit>[1]>('round');
  test.each<[string[], Visit]>([
    [['Created webhook subscription'], looked({ kind: 'created' })],
    [['Renewed webhook subscription'], looked({ kind: 'renewed' })],
    [
      ['Renewed webhook subscription', 'A channel could not be stopped; it is tried again until it expires'],
      looked({ kind: 'renewed', unstopped: refused }),
    ],
    [['The channel could not be put right; it is tried again later'], looked({ kind: 'failed', error: refused })],
    [[], looked({ kind: 'kept' })],
    [['A calendar could not be renewed'], failed(new Error('broken'))],
    [['Passed over a calendar'], { calendarKey, kind: 'passed', because: 'needs_reauth' }],
  ])('%j', (messages, visit) => {
    reportVisit(log, chainId)(visit);
    expect(lines.map(([message]) => message)).toEqual(messages);
    for (const line of lines) expect(line.at(-1)).toMatchObject({ calendarKey, chainId: 'round' });
  });
});

describe('of a round', () => {
  test('it counts the fleet, and says how many it has looked at', () => {
    reportRound(log, emit, times(2, looked({ kind: 'kept' })), now);
    expect(emitted).toEqual([expect.objectContaining({ ChannelActive: 2, RenewalFailed: 0, SweepCompleted: 1 })]);
    expect(lines).toEqual([['Looked at the calendars that are due', { count: 2 }]]);
  });

  test('in which many fail it says so in the words that are searched for', () => {
    reportRound(log, emit, [...times(17, looked({ kind: 'kept' })), ...times(3, failed(refused))], now);
    expect(lines[0]).toEqual(['ALERT: High webhook error rate', undefined, { looked: 20, inTrouble: 3 }]);
  });

  test('[R10] what is not Google’s failure makes it fail, once all is counted', () => {
    const broken = new Error('broken');
    const visits = [looked({ kind: 'kept' }), failed(broken), failed(refused)];
    expect(() => reportRound(log, emit, visits, now)).toThrow('The lines above say what failed');
    expect(emitted).toEqual([expect.objectContaining({ RenewalFailed: 2, SweepCompleted: 1 })]);
  });
});

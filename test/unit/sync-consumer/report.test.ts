/** What is counted and said of a hint that is done with. */
import { describe, expect, test } from 'vitest';
import { createReport } from '../../../functions/sync-consumer/report.ts';
import { asId } from '../../../shared/domain/ids.ts';
import { minute, plusMs, second } from '../../../shared/domain/instant.ts';
import { GoogleError } from '../../../shared/google/google-error.ts';
import type { PullSummary } from '../../../shared/pull/pull.ts';
import type { Hint } from '../../../shared/queue/hint.ts';
import type { SyncOutcome } from '../../../shared/sync/sync-calendar.ts';
import { calendarKey, now } from '../../support/samples.ts';

const times = { sentAt: now, startedAt: plusMs(now, 2 * second), doneAt: plusMs(now, 3 * second) };
const refused = (reason: string) => new GoogleError('events.list', 403, reason, undefined);
const pulled = (pull: Partial<PullSummary> = {}): Extract<SyncOutcome, { kind: 'synced' }> => ({
  kind: 'synced',
  channel: { kind: 'kept' },
  pull: { coveredBefore: now, generation: false, pages: 1, tally: {}, changedAt: [], ...pull },
});

type Done = Parameters<ReturnType<typeof createReport>>[1];

const report = (outcome: Done, reason: Hint['reason'] = 'notification') => {
  const lines: unknown[][] = [];
  const emitted: object[] = [];
  const note = (...line: unknown[]) => void lines.push(line);
  createReport({ info: note, error: note }, (values) => emitted.push(values))(
    { calendarKey, chainId: asId('chain'), reason },
    outcome,
    times,
  );
  return { lines, emitted, metrics: emitted[0] };
};

const outcomes: [string, Done][] = [
  ['acknowledged', { kind: 'acknowledged', because: 'covered' }],
  ['refused', { kind: 'refused', because: 'left_to_sweep', error: refused('forbidden') }],
  ['closed', { kind: 'closed', channel: { kind: 'removed' } }],
  ['synced', pulled()],
  [
    'pushed',
    { kind: 'pushed', push: { pushed: 0, parked: 0, settled: 0, toldSince: [], left: new Set(), more: false } },
  ],
];

test('[R7] a channel of a calendar that is switched off, and that could not be stopped, is not said to be', () => {
  const { lines, emitted } = report({ kind: 'closed', channel: { kind: 'failed', error: refused('backendError') } });
  expect(emitted).toEqual([expect.objectContaining({ ChannelFailed: 1 })]);
  expect(lines).toEqual([
    [expect.stringContaining('could not be stopped'), expect.any(GoogleError), expect.anything()],
  ]);
});

test.each(outcomes)('one that is %s makes one line of metrics, and each log line names the chain', (_, outcome) => {
  const { lines, emitted } = report(outcome);
  expect(emitted).toHaveLength(1);
  expect(lines.length).toBeGreaterThan(0);
  for (const line of lines) expect(line.at(-1)).toMatchObject({ chainId: 'chain', calendarKey });
});

/** Both halves of the error rate come from `SyncFailed`: it must be there whenever something was tried. */
test.each(outcomes)('[F31] what is %s counts as tried, unless there was nothing to do', (kind, outcome) => {
  const { metrics } = report(outcome);
  if (kind === 'acknowledged') expect(metrics).not.toHaveProperty('SyncFailed');
  else expect(metrics).toMatchObject({ SyncFailed: kind === 'refused' ? 1 : 0 });
});

describe('a pull', () => {
  test('takes from its start to its end, and its notification from when it was sent', () => {
    expect(report(pulled()).metrics).toMatchObject({ PullLatency: 1_000, NotificationLatency: 3_000 });
  });

  test('applies changes, each as old as Google says', () => {
    const changedAt = [plusMs(now, -minute), plusMs(now, -second)];
    const { metrics } = report(pulled({ tally: { update: 1, create: 1, nothing: 4 }, changedAt }));
    expect(metrics).toMatchObject({ ChangeApplied: 2, ChangeLatency: [63_000, 4_000] });
  });

  test('has no latency below nothing, whatever the clocks say', () => {
    expect(report(pulled({ changedAt: [plusMs(now, minute)] })).metrics).toMatchObject({ ChangeLatency: [0] });
  });

  test.each<[string, Hint['reason'], Partial<PullSummary>]>([
    ['no notification has caused', 'sweep', {}],
    ['lists everything', 'notification', { generation: true }],
  ])('says nothing of how old its changes are when it %s', (_, reason, pull) => {
    const { metrics } = report(pulled({ ...pull, changedAt: [now] }), reason);
    expect(metrics).not.toHaveProperty('ChangeLatency');
  });

  test('that is to be gone on with has answered no notification yet', () => {
    const { coveredBefore: _, ...pull } = pulled().pull;
    expect(report({ ...pulled(), pull }).metrics).not.toHaveProperty('NotificationLatency');
  });

  test('counts the channel that it could not put right', () => {
    const channel = { kind: 'failed', error: refused('rateLimitExceeded') } as const;
    expect(report({ ...pulled(), channel }).metrics).toMatchObject({ SyncFailed: 0, ChannelFailed: 1, QuotaWait: 1 });
  });

  test('counts the channel that it could not stop apart from that', () => {
    const channel = { kind: 'renewed', unstopped: refused('rateLimitExceeded') } as const;
    const { metrics } = report({ ...pulled(), channel });
    expect(metrics).toMatchObject({ ChannelRenewed: 1, ChannelStopFailed: 1, QuotaWait: 1 });
    expect(metrics).not.toHaveProperty('ChannelFailed');
  });

  test('counts the channel that it has renewed, and no other', () => {
    expect(report({ ...pulled(), channel: { kind: 'renewed' } }).metrics).toMatchObject({ ChannelRenewed: 1 });
    expect(report({ ...pulled(), channel: { kind: 'created' } }).metrics).not.toHaveProperty('ChannelRenewed');
  });

  test('that has made a channel says so in the words that operators know', () => {
    const channel = { kind: 'created' } as const;
    expect(report({ ...pulled(), channel }).lines[0]?.[0]).toBe('Created webhook subscription');
  });
});

test.each([true, false])('a comparison counts what differs, and the calendar when that persists: %s', (persists) => {
  const drift = { at: now, nextAt: now, compared: 9, differing: 2 };
  expect(report({ kind: 'compared', drift, persists }, 'compare').metrics).toEqual({
    SyncSucceeded: 1,
    SyncFailed: 0,
    AppointmentsDiffering: 2,
    DriftPersisting: Number(persists),
  });
});

test('a push counts what it has told and been refused, each as long as it has waited', () => {
  const push = { pushed: 2, parked: 1, settled: 0, left: new Set<never>(), more: false };
  const toldSince = [plusMs(now, -minute), now];
  expect(report({ kind: 'pushed', push: { ...push, toldSince } }, 'appointment').metrics).toEqual({
    SyncSucceeded: 1,
    SyncFailed: 0,
    AppointmentPushed: 2,
    PushRefused: 1,
    PushLatency: [63_000, 3_000],
  });
});

describe('[F40] to wait for quota is counted', () => {
  test.each<[string, Done, boolean]>([
    ['writes are paused', { kind: 'acknowledged', because: 'writes_paused' }, true],
    ['the quota is used up', { kind: 'refused', because: 'left_to_sweep', error: refused('quotaExceeded') }, true],
    ['access is refused', { kind: 'refused', because: 'left_to_sweep', error: refused('forbidden') }, false],
    ['there is nothing to do', { kind: 'acknowledged', because: 'covered' }, false],
  ])('when %s: %#', (_, outcome, waits) => {
    expect('QuotaWait' in (report(outcome).metrics ?? {})).toBe(waits);
  });
});

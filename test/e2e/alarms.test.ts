/**
 * Every alarm of the template goes off when what it is for comes about, and not while all is well. The trouble is real: the
 * deployed bundles run into it, and what they emit is put into the alarm as CloudWatch would put it.
 */
import { randomUUID } from 'node:crypto';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { routeTable } from '../../functions/management-api/route-table.ts';
import { type FunctionName, functionNames } from '../../infra/build.ts';
import { giveUpAfter } from '../../infra/local/aws/give-up.ts';
import { clientDefaults } from '../../infra/local/aws/place.ts';
import { emitters, metricsNamespace } from '../../infra/metrics.ts';
import type { Drift } from '../../shared/domain/calendar.ts';
import { asId } from '../../shared/domain/ids.ts';
import { instantAt, minute, second } from '../../shared/domain/instant.ts';
import { webhookPath } from '../../shared/notifications/webhook-path.ts';
import { freshHint } from '../../shared/queue/hint.ts';
import type { MetricName } from '../../shared/runtime/observability.ts';
import { functionPath } from '../infra/functions.ts';
import { pathOf, template } from '../infra/synthesised.ts';
import { goesOff, isSame, readAlarm, type Sample } from '../support/alarm-evaluator.ts';
import { startFixture } from '../support/local-assembly.ts';
import { openTable, type SessionTable } from '../support/session-table.ts';
import { goingOn, measured, startWatchedSession, type WatchedSession } from '../support/watched-session.ts';

let session: WatchedSession;
let table: SessionTable;
let sqs: SQSClient;
let ordinary: Sample[];

/** What a dimension refers to, by its place in the construct tree. */
const placeOf = (reference: unknown): string => {
  const { Ref, 'Fn::GetAtt': attribute } = reference as { Ref?: string; 'Fn::GetAtt'?: [string, string] };
  return pathOf(Ref ?? attribute?.[0] ?? expect.fail(`Not understood: ${JSON.stringify(reference)}`));
};
const alarms = new Map(
  Object.entries(template.Resources)
    .filter(([, { Type }]) => Type === 'AWS::CloudWatch::Alarm')
    .map(([id, { Properties }]) => [pathOf(id), readAlarm(Properties, placeOf)] as const),
);

beforeAll(async () => {
  session = await startWatchedSession();
  table = openTable(session);
  sqs = new SQSClient({ ...clientDefaults, endpoint: session.stack.endpoints.sqs });
  await session.connect('ann');
  ordinary = [...(await session.emittedBy(aGoodDay)), ...(await atRest())];
});
afterAll(async () => {
  table.stop();
  sqs.destroy();
  await session.stop();
});

const calendar = 'ann@example.com';
const { stringify } = JSON;

const moment = (hours: number) => ({ dateTime: new Date(Date.now() + hours * 60 * minute).toISOString() });
const insertEvent = () =>
  session.google.control.insertEvent({ calendar, event: { summary: 'Dentist', start: moment(24), end: moment(25) } });
const book = async (inHours: number, user = 'ann'): Promise<void> => {
  const { dateTime: start } = moment(inHours);
  const { dateTime: end } = moment(inHours + 1);
  const { method, path } = routeTable.createAppointment;
  const body = stringify({ service: 'Haircut', start, end, timeZone: 'America/New_York' });
  expect(await session.call(method, path, user, body)).toMatchObject({ status: 201 });
};

const askForAppointments = async (times: number): Promise<number[]> => {
  const { method, path } = routeTable.appointments;
  const answers = await Promise.all(Array.from({ length: times }, () => session.call(method, path, 'ann')));
  return answers.map(({ status }) => status);
};

/** Google tells of our own writes too. */
const untilNotified = async (act: () => Promise<unknown>): Promise<void> => {
  const delivered = session.google.control.deliveries().length;
  await act();
  await vi.waitFor(() => expect(session.google.control.deliveries().length).toBeGreaterThan(delivered), patiently);
  await session.stack.idle();
};

/** A change in Google arrives, a booking is pushed, the sweep comes round. */
const aGoodDay = async (): Promise<void> => {
  await untilNotified(async () => insertEvent());
  await untilNotified(() => book(48));
  await askForAppointments(20);
  await session.stack.functions.invoke('renewal-worker', {});
  await session.stack.idle();
};

const queue = (name: string) =>
  session.stack.queues.find((each) => each.name.includes(name)) ?? expect.fail(`There is no queue ${name}`);
/** SQS's own word, by the API that its metric is made from. */
const depthOf = async (name: string, place: string): Promise<Sample[]> =>
  measured('AWS/SQS', 'ApproximateNumberOfMessagesVisible', { QueueName: place }, (await queue(name).depth()).visible);
const deadLetters = () => depthOf('DeadLetters', 'SyncQueue/DeadLetters');
const streamFailures = () => depthOf('Failures', 'ChangeStream/Failures');
const oldestHint = (ageMs: number) =>
  measured('AWS/SQS', 'ApproximateAgeOfOldestMessage', { QueueName: 'SyncQueue/Hints' }, ageMs / second);
const streamLag = (ageMs: number) =>
  measured('AWS/Lambda', 'IteratorAge', { FunctionName: functionPath('change-stream') }, ageMs);
const lambda = (name: FunctionName, metric: 'Errors' | 'Throttles', ...values: number[]) =>
  measured('AWS/Lambda', metric, { FunctionName: functionPath(name) }, ...values);

/** What the gateway makes of answers: each call is a sample of both metrics. */
const answered = (statuses: number[]): Sample[] => {
  const route = { ApiId: 'Api/Api', Stage: '$default', Method: 'POST', Resource: webhookPath };
  const errors = statuses.map((status) => Number(status >= 500));
  return [
    ...measured('AWS/ApiGateway', '5xx', route, ...errors),
    ...measured('AWS/ApiGateway', 'Count', route, ...statuses.map(() => 1)),
  ];
};

/** What AWS measures while nothing is wrong; a hint may wait for two of the longest backoffs. */
const atRest = async (): Promise<Sample[]> => [
  ...(await deadLetters()),
  ...(await streamFailures()),
  ...oldestHint(30 * minute),
  ...streamLag(2 * second),
  ...functionNames.flatMap((name) => [...lambda(name, 'Errors', 0), ...lambda(name, 'Throttles', 0)]),
  ...answered(await notify(20)),
];

const notify = async (times: number): Promise<number[]> => {
  const channel = session.google.control.channels().find(({ calendarId }) => calendarId === calendar);
  const first = nextMessage;
  nextMessage += times;
  const headers = (number: number) => ({
    'X-Goog-Channel-ID': channel?.id ?? '',
    'X-Goog-Channel-Token': channel?.token ?? '',
    'X-Goog-Message-Number': `${number}`,
    'X-Goog-Resource-ID': channel?.resourceId ?? '',
    'X-Goog-Resource-State': 'exists',
  });
  const post = async (number: number) => {
    const init = { method: 'POST', headers: headers(number) };
    return (await fetch(`${session.stack.apiUrl}${webhookPath}`, init)).status;
  };
  const statuses = await Promise.all(Array.from({ length: times }, (_, index) => post(first + index)));
  await session.stack.idle();
  return statuses;
};
/** Google's own messages have lower numbers. */
let nextMessage = 1_000;

/** Hints as a person's request sends them: each is tried at once, whatever became of the one before. */
const sendHints = async (count: number): Promise<void> => {
  const { calendarKey } = (await table.appointmentsOf('ann'))[0]?.link ?? expect.fail('There is no linked appointment');
  for (let index = 0; index < count; index++) {
    const { hint, deduplicationId } = freshHint(calendarKey, 'manual', asId(`alarm-${randomUUID()}`));
    const ids = { MessageGroupId: calendarKey, MessageDeduplicationId: deduplicationId };
    await sqs.send(new SendMessageCommand({ QueueUrl: queue('Hints').url, MessageBody: stringify(hint), ...ids }));
  }
};

const whileGoogleAnswers = async (
  status: number,
  reason: string,
  act: () => Promise<unknown>,
  path = '/events\\?',
): Promise<void> => {
  const { control } = session.google;
  control.orderFault({ kind: 'status', status, reason, path, times: null });
  try {
    await act();
  } finally {
    control.clearFaults();
    await session.stack.idle();
  }
};

const patiently = { timeout: 20_000, interval: 100 };

const hintGivenUp = async (): Promise<Sample[]> => {
  await giveUpAfter(session.stack, 2);
  await whileGoogleAnswers(500, 'backendError', async () => {
    await sendHints(1);
    await vi.waitFor(async () => expect((await queue('DeadLetters').depth()).visible).toBe(1), patiently);
  });
  await giveUpAfter(session.stack, 12);
  return deadLetters();
};

/** The clock is moved on by as long as nobody would wait; the hint is there all the while, which is seen. */
const hintThatWaits = async (): Promise<Sample[]> => {
  let samples: Sample[] = [];
  await whileGoogleAnswers(500, 'backendError', async () => {
    await sendHints(1);
    await vi.waitFor(async () => {
      const { visible, inFlight } = await queue('Hints').depth();
      expect(visible + inFlight).toBe(1);
    }, patiently);
    samples = oldestHint(45 * minute);
  });
  return samples;
};

/** The reader cannot write the log: its batch is tried four times, the record grows old, and is put aside. */
const streamHeldUp = async (): Promise<{ lag: Sample[]; failures: Sample[]; errors: Sample[] }> => {
  const { readerToTable } = session.wires;
  const before = session.errorsOf('change-stream');
  readerToTable.cut();
  try {
    const writtenAt = Date.now();
    await book(72);
    await vi.waitFor(() => expect(session.errorsOf('change-stream')).toBeGreaterThan(before), patiently);
    const lag = streamLag(Date.now() - writtenAt + minute); // As above: the record is there, the clock is moved on.
    await vi.waitFor(async () => expect((await queue('Failures').depth()).visible).toBeGreaterThan(0), {
      ...patiently,
      timeout: 60_000,
    });
    const errors = lambda('change-stream', 'Errors', session.errorsOf('change-stream') - before);
    return { lag, failures: await streamFailures(), errors };
  } finally {
    readerToTable.mend();
    await session.stack.idle();
  }
};
let heldUp: ReturnType<typeof streamHeldUp> | undefined;
const whileStreamIsHeldUp = () => {
  heldUp ??= streamHeldUp();
  return heldUp;
};

const webhookCutOff = async (calls: number): Promise<Sample[]> => {
  session.wires.receiverToQueue.cut();
  try {
    return answered(await notify(calls));
  } finally {
    session.wires.receiverToQueue.mend();
  }
};

/** The function lives and answers: Lambda counts no error. */
const serverCutOff = async (calls: number): Promise<Sample[]> => {
  const before = session.errorsOf('management-api');
  session.wires.serverToTable.cut();
  try {
    return await session.emittedBy(async () => {
      const statuses = await askForAppointments(calls);
      expect(statuses.filter((status) => status < 500)).toEqual([]);
      expect(session.errorsOf('management-api')).toBe(before);
    });
  } finally {
    session.wires.serverToTable.mend();
  }
};

/** A round that cannot read the table begins, fails, and is none that has ended. */
const workerCutOff = async (): Promise<Sample[]> => {
  session.wires.workerToTable.cut();
  try {
    return await session.emittedBy(() =>
      expect(session.stack.functions.invoke('renewal-worker', {})).rejects.toThrow(),
    );
  } finally {
    session.wires.workerToTable.mend();
  }
};

/** Lambda counts an invocation whose environment dies. */
const crashes = async (name: FunctionName): Promise<Sample[]> => {
  const before = session.errorsOf(name);
  const { invoke, kill } = session.stack.functions;
  await Promise.all([expect(invoke(name, {})).rejects.toThrow(), kill(name)]);
  await session.stack.idle();
  return lambda(name, 'Errors', ...Array<number>(session.errorsOf(name) - before).fill(1));
};

/**
 * How many of two calls at once a function does not take that has no concurrency left but for one: the gateway answers 503
 * for those, and Lambda counts them. Which function it is makes no difference, nor whose concurrency is used up.
 */
const countThrottled = async (): Promise<number> => {
  const busy = await startFixture(onTestFinished, {
    handlers: { Busy: 'export const handler = () => new Promise((resolve) => setTimeout(resolve, 2_000));' },
    functionProperties: { ReservedConcurrentExecutions: 1 },
    resources: {
      Api: { Type: 'AWS::ApiGatewayV2::Api', Properties: { Name: 'Api', ProtocolType: 'HTTP' } },
      Integration: {
        Type: 'AWS::ApiGatewayV2::Integration',
        Properties: {
          ApiId: { Ref: 'Api' },
          IntegrationType: 'AWS_PROXY',
          IntegrationUri: { 'Fn::GetAtt': ['Busy', 'Arn'] },
          PayloadFormatVersion: '2.0',
        },
      },
      Route: {
        Type: 'AWS::ApiGatewayV2::Route',
        Properties: { ApiId: { Ref: 'Api' }, RouteKey: 'GET /busy', Target: 'integrations/Integration' },
      },
    },
  });
  const statuses = await Promise.all([1, 2].map(async () => (await fetch(`${busy.apiUrl}/busy`)).status));
  return statuses.filter((status) => status === 503).length;
};
let counted: ReturnType<typeof countThrottled> | undefined;
const throttled = async (name: FunctionName): Promise<Sample[]> => {
  counted ??= countThrottled();
  return lambda(name, 'Throttles', await counted);
};

const runWorker = () => session.stack.functions.invoke('renewal-worker', {}).then(() => session.stack.idle());
/** A barber whose channel is as these fields say, and who is due. */
const connectWith = async (user: string, channel: Record<string, unknown>): Promise<void> => {
  await session.connect(user);
  const set = Object.fromEntries(Object.entries(channel).map(([field, value]) => [`channel.${field}`, value]));
  await table.overwriteCalendar(user, { ...set, lastNotificationAt: undefined });
};
const ago = (ms: number) => instantAt(Date.now() - ms);

/** Half an hour before its end the channel should long have been renewed, and Google refuses a new one. */
const renewalRefused = async (user: string): Promise<Sample[]> => {
  await connectWith(user, { renewAt: ago(60 * minute), expiresAt: ago(-30 * minute) });
  return session.emittedBy(() => whileGoogleAnswers(500, 'backendError', runWorker, '/events/watch'));
};

const nothingArrives = async (): Promise<Sample[]> => {
  await connectWith('cleo', { watchedSince: ago(49 * 60 * minute) });
  return session.emittedBy(runWorker);
};

/** A booking was overwritten in the table: both sides differ, until the comparison has it mended. */
const bookingOverwritten = async (user: string, before?: Drift): Promise<Sample[]> => {
  await session.connect(user);
  await untilNotified(() => book(96, user));
  const [booked] = await table.appointmentsOf(user);
  await table.overwriteAppointment(user, booked?.id ?? '', { 'fields.title': 'Overwritten' });
  await table.overwriteCalendar(user, { drift: before });
  const { method, path } = routeTable.compare;
  return session.emittedBy(async () => {
    expect(await session.call(method, path, user)).toMatchObject({ status: 202 });
    await session.stack.idle();
  });
};

/** The comparison before has found it too, and what it had done about it was in vain. */
const mendedInVain = (): Promise<Sample[]> =>
  bookingOverwritten('dan', { at: ago(minute), nextAt: ago(minute), compared: 1, differing: 1 });

/** What comes about, and for which alarm. */
const troubles: Record<string, () => Promise<Sample[]>> = {
  'SyncQueue/DeadLettersAlarm': hintGivenUp,
  'SyncQueue/OldestHintAlarm': hintThatWaits,
  'Webhook/AnswersAlarm': () => webhookCutOff(1),
  'Webhook/ErrorRateAlarm': () => webhookCutOff(20),
  'Sync/ErrorRateAlarm': () =>
    session.emittedBy(() => whileGoogleAnswers(403, 'forbidden', () => sendHints(20).then(() => session.stack.idle()))),
  'Sync/QuotaAlarm': () =>
    session.emittedBy(() =>
      whileGoogleAnswers(403, 'dailyLimitExceeded', () => sendHints(5).then(() => session.stack.idle())),
    ),
  'Sync/DriftAlarm': mendedInVain,
  'ManagementApi/ErrorRateAlarm': () => serverCutOff(20),
  'Renewal/SweepMissingAlarm': workerCutOff,
  'Renewal/ExpiringSoonAlarm': () => renewalRefused('bea'),
  'Renewal/RenewalFailedAlarm': () => renewalRefused('bob'),
  'Renewal/StaleChannelsAlarm': nothingArrives,
  'ChangeStream/LagAlarm': async () => (await whileStreamIsHeldUp()).lag,
  'ChangeStream/FailuresAlarm': async () => (await whileStreamIsHeldUp()).failures,
  ...Object.fromEntries(
    functionNames.flatMap((name) => {
      const place = functionPath(name).replace('/Function', '');
      const errors = name === 'change-stream' ? async () => (await whileStreamIsHeldUp()).errors : () => crashes(name);
      return [
        [`${place}/ErrorsAlarm`, errors],
        [`${place}/ThrottlesAlarm`, () => throttled(name)],
      ];
    }),
  ),
};

const span = ({ periodMs }: ReturnType<typeof readAlarm>, periods: number) => ({ from: 0, until: periods * periodMs });

describe.each([...alarms])('%s', (place, alarm) => {
  const { EvaluationPeriods, DatapointsToAlarm, TreatMissingData } = alarm;
  let samples: Sample[];

  test('goes off', async () => {
    const trouble = troubles[place] ?? expect.fail('Nothing shows that it ever would');
    samples = await trouble();
    expect(goesOff(alarm, goingOn(alarm, samples, EvaluationPeriods), span(alarm, EvaluationPeriods))).toBe(true);
  }, 90_000);

  test('does not while all is well', () => {
    expect(goesOff(alarm, goingOn(alarm, ordinary, 24), span(alarm, 24))).toBe(false);
  });

  test.runIf(DatapointsToAlarm > 1 && TreatMissingData === 'notBreaching')('does not for what passes sooner', () => {
    const passing = goingOn(alarm, samples, DatapointsToAlarm - 1);
    expect(goesOff(alarm, passing, span(alarm, 24))).toBe(false);
  });
});

test('every trouble has its alarm', () => {
  expect(Object.keys(troubles).filter((place) => !alarms.has(place))).toEqual([]);
});

test('[R1] what differs and is mended at once wakes nobody', async () => {
  const alarm = alarms.get('Sync/DriftAlarm') ?? expect.fail('There is no such alarm');
  const samples = await bookingOverwritten('eve');
  const seen = (name: MetricName) => samples.filter(({ metric }) => metric.name === name).map(({ value }) => value);
  expect(seen('AppointmentsDiffering')).toEqual([1, 0]);
  expect(goesOff(alarm, goingOn(alarm, samples, 2), span(alarm, 2))).toBe(false);
}, 60_000);

test('[F60] a tenth of the syncs may fail, and every one of them is looked at when all do', () => {
  const alarm = alarms.get('Sync/ErrorRateAlarm') ?? expect.fail('There is no such alarm');
  const [source] = alarm.sources;
  const [fine] = ordinary.filter(({ metric }) => source && isSame(metric, source.metric));
  if (fine === undefined) return expect.fail('The good day had no sync');
  const outOf = (failed: number, all: number): Sample[] =>
    Array.from({ length: all }, (_, index) => ({ ...fine, value: Number(index < failed) }));
  const off = (failed: number, all: number) => goesOff(alarm, goingOn(alarm, outOf(failed, all), 3), span(alarm, 3));
  expect([off(2, 20), off(3, 20), off(19, 19), off(20, 20)]).toEqual([false, true, false, true]);
});

test('what is emitted comes from the function whose alarms and graphs look for it', () => {
  const ours = ordinary.map(({ metric }) => metric).filter(({ namespace }) => namespace === metricsNamespace);
  expect(new Set(ours.map(({ name }) => name)).size).toBeGreaterThan(10);
  const isStray = ({ name, dimensions }: Sample['metric']) =>
    !emitters[name as MetricName].some((by) => by === dimensions.service);
  const strays = ours.filter(isStray);
  expect(strays).toEqual([]);
});

test('a change in Google, a notification and a booking leave their latencies', () => {
  const latest = (name: MetricName) => ordinary.filter(({ metric }) => metric.name === name).map(({ value }) => value);
  for (const name of ['ChangeLatency', 'NotificationLatency', 'PullLatency', 'PushLatency'] as const) {
    const values = latest(name);
    expect(values.length, name).toBeGreaterThan(0);
    expect(Math.min(...values), name).toBeGreaterThanOrEqual(0);
    expect(Math.max(...values), name).toBeLessThan(30 * second);
  }
  expect(latest('ChangeApplied')).toContain(1);
  expect(latest('AppointmentPushed')).toContain(1);
});

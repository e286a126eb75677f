import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readNotification } from '../../../shared/notifications/read-notification.ts';

/** As API Gateway hands on what Google's push guide shows. */
const headers = {
  host: 'hooks.example.com',
  'content-length': '0',
  'user-agent': 'APIs-Google; (+https://developers.google.com/webmasters/APIs-Google.html)',
  'x-goog-channel-id': '4ba78bf0-6a47-11e2-bcfd-0800200c9a66',
  'x-goog-channel-token': 'c1.k1.tb8vtc.tMmiiTI7IaAcPpQPFQ65uA.7.mac',
  'x-goog-channel-expiration': 'Tue, 19 Nov 2013 01:13:52 GMT',
  'x-goog-message-number': '10',
  'x-goog-resource-id': 'ret08u3rv24htgh289g',
  'x-goog-resource-state': 'exists',
  'x-goog-resource-uri': 'https://www.googleapis.com/calendar/v3/calendars/me%40example.com/events?alt=json',
};

test('[F28] a notification is read from its headers', () => {
  expect(readNotification(headers)).toEqual({
    channelId: '4ba78bf0-6a47-11e2-bcfd-0800200c9a66',
    token: 'c1.k1.tb8vtc.tMmiiTI7IaAcPpQPFQ65uA.7.mac',
    messageNumber: '10',
    resourceId: 'ret08u3rv24htgh289g',
    resourceState: 'exists',
  });
});

const needed = [
  'x-goog-channel-id',
  'x-goog-channel-token',
  'x-goog-message-number',
  'x-goog-resource-id',
  'x-goog-resource-state',
] as const;

test.each(needed)('[R15] %s must be there, once, not empty and without white space', (name) => {
  const { [name]: value } = headers;
  const withValue = (changed: string | undefined) => readNotification({ ...headers, [name]: changed });
  const wrong = [
    undefined,
    '',
    `${value},${value}`,
    `${value}, ${value}`,
    `${value}\n`,
    `${value}\r\nx: y`,
    ` ${value}`,
  ];
  expect(wrong.map(withValue)).toEqual(wrong.map(() => undefined));
});

test.each([
  ['x-goog-channel-id', 'a'.repeat(64), 'a'.repeat(65)],
  ['x-goog-channel-token', 'a'.repeat(256), 'a'.repeat(257)],
  ['x-goog-message-number', '9'.repeat(19), '9'.repeat(20)],
  ['x-goog-resource-id', 'a'.repeat(256), 'a'.repeat(257)],
])('%s is bounded', (name, longest, tooLong) => {
  expect(readNotification({ ...headers, [name]: '1' })).toBeDefined();
  expect(readNotification({ ...headers, [name]: longest })).toBeDefined();
  expect(readNotification({ ...headers, [name]: tooLong })).toBeUndefined();
});

test.each([
  ['x-goog-message-number', '0'],
  ['x-goog-message-number', '-1'],
  ['x-goog-message-number', '1.5'],
  ['x-goog-message-number', '٣'],
  ['x-goog-channel-id', 'a:b'],
  ['x-goog-channel-id', '../x'],
  ['x-goog-resource-state', 'EXISTS'],
  ['x-goog-resource-state', 'constructor'],
  ['x-goog-resource-id', 'é'],
])('%s: %s is refused', (name, value) => {
  expect(readNotification({ ...headers, [name]: value })).toBeUndefined();
});

test('resource states that Google names are all let in', () => {
  const states = ['sync', 'exists', 'not_exists'];
  const read = states.map((state) => readNotification({ ...headers, 'x-goog-resource-state': state })?.resourceState);
  expect(read).toEqual(states);
});

test.each(['http', 'https'])(
  '[F28] what is watched may be named by an %s address: nothing is fetched from it',
  (scheme) => {
    expect(readNotification({ ...headers, 'x-goog-resource-uri': `${scheme}://127.0.0.1/events` })).toBeDefined();
  },
);

test('whatever is let in can name a message of SQS', () => {
  const value = fc.string({ maxLength: 300 });
  fc.assert(
    fc.property(value, value, (channelId, messageNumber) => {
      const read = readNotification({
        ...headers,
        'x-goog-channel-id': channelId,
        'x-goog-message-number': messageNumber,
      });
      return read === undefined || /^[\w:-]{1,128}$/.test(`${read.channelId}:${read.messageNumber}`);
    }),
  );
});

const { 'x-goog-channel-expiration': expiration } = headers;

test.each([
  ['x-goog-resource-uri', ['', 'not a url', 'ftp://x', `https://${'x'.repeat(3_000)}`, 'https://a, https://b']],
  ['x-goog-channel-expiration', ['', 'soon', '2026-01-01', `${expiration}, again`, `once more, ${expiration}`]],
])('[R15] %s may be missing, but not malformed', (name, wrong) => {
  expect(readNotification({ ...headers, [name]: undefined })).toBeDefined();
  for (const value of wrong) expect(readNotification({ ...headers, [name]: value })).toBeUndefined();
});

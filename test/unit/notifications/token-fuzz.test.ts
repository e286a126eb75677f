/** [R15] A million texts that are no token: the check neither throws nor lets one in. */
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { asId, type CalendarKey, type ChannelId } from '../../../shared/domain/ids.ts';
import {
  createChannelToken,
  deriveWebhookKey,
  verifyChannelToken,
} from '../../../shared/notifications/channel-token.ts';
import { at, now } from '../../support/samples.ts';

const keys = {
  active: 'k1',
  keys: new Map(
    ['k1', 'k2'].map((id) => [id, deriveWebhookKey(`${id} a master key of at least 32 characters`, 'test')]),
  ),
};
const channelId = asId<ChannelId>('1f0c3a52-9a1e-4a53-8a0e-3f3c2f9d1c11');
const token = createChannelToken(keys, channelId, {
  calendarKey: asId<CalendarKey>('tMmiiTI7IaAcPpQPFQ65uA'),
  connectGeneration: 7,
  expiresAt: at('2026-03-21T13:00:00Z'),
});

/** Numbers in [0, below) that are the same in every run: 32 bits of a hash chain at a time. */
const drawFrom = (seed: string) => {
  let block = Buffer.alloc(0);
  let nth = 0;
  return (below: number): number => {
    if (block.length < 4) block = createHash('sha512').update(`${seed}:${nth++}`).digest();
    const drawn = block.readUInt32LE() % below;
    block = block.subarray(4);
    return drawn;
  };
};

const alphabet = [..."ABCXYZabcxyz0189-_.=+/ \n\0é😀'"];

describe('of a million texts', () => {
  const accepted = (count: number, next: () => string): string[] => {
    const found: string[] = [];
    for (let index = 0; index < count; index++) {
      const text = next();
      if (text !== token && verifyChannelToken(keys, channelId, text, now).kind === 'valid') found.push(text);
    }
    return found;
  };

  test('none that is drawn at random is let in', () => {
    const draw = drawFrom('random texts');
    const text = () => Array.from({ length: draw(130) }, () => alphabet[draw(alphabet.length)]).join('');
    expect(accepted(100_000, text)).toEqual([]);
  }, 60_000);

  test('none that differs from a token in some places is let in', () => {
    const draw = drawFrom('mutations');
    const mutate = (text: string): string => {
      const place = draw(text.length + 1);
      const removed = draw(3);
      const inserted = draw(3) === 0 ? '' : (alphabet[draw(alphabet.length)] ?? '');
      return text.slice(0, place) + inserted + text.slice(place + removed);
    };
    const mutations = () => (draw(2) === 0 ? mutate(token) : mutate(mutate(token)));
    expect(accepted(600_000, mutations)).toEqual([]);
  }, 60_000);

  test('none that is of the right form is let in', () => {
    const draw = drawFrom('forms');
    const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const word = (length: number) => Array.from({ length }, () => digits[draw(64)]).join('');
    const fields = token.split('.');
    const form = () =>
      fields
        .with([3, 5][draw(2)] ?? 5, '')
        .map((field, index) => field || word([0, 0, 0, 22, 0, 43][index] ?? 0))
        .join('.');
    expect(accepted(300_000, form)).toEqual([]);
  }, 120_000);
});

/**
 * The token that a channel carries and each of its notifications echoes:
 * `c1.<key id>.<expiry, epoch seconds in base 36>.<calendar key>.<connect generation>.<HMAC-SHA256>`.
 * Google signs nothing, so this is what tells Google from a stranger, without a database [R15].
 */
import { createHmac, createSecretKey, hkdfSync, type KeyObject, timingSafeEqual } from 'node:crypto';
import { asId, type CalendarKey, type ChannelId } from '../domain/ids.ts';
import { epochSecondsOf, type Instant } from '../domain/instant.ts';

/** Webhook keys by id. New tokens are made with `active`; all of `keys` are accepted, so that a key can be replaced. */
export type WebhookKeys = { active: string; keys: ReadonlyMap<string, KeyObject> };

export type TokenClaims = { calendarKey: CalendarKey; connectGeneration: number; expiresAt: Instant };

export type TokenVerdict =
  | { kind: 'valid'; calendarKey: CalendarKey; connectGeneration: number }
  | { kind: 'rejected'; reason: 'malformed' | 'forged' | 'expired' };

const version = 'c1';
const pattern =
  /^c1\.(?<keyId>[a-z0-9]{1,8})\.(?<expiry>[a-z0-9]{1,10})\.(?<calendarKey>[\w-]{22})\.(?<generation>[1-9][0-9]{0,8})\.(?<mac>[\w-]{43})$/;

/** One key per purpose and stage: a token of staging is worth nothing in production. */
export const deriveWebhookKey = (masterKey: string, stage: string): KeyObject =>
  toKey(hkdfSync('sha256', masterKey, '', `calendar-sync/channel-token/${version}/${stage}`, 32));

/** Made once: a key given as bytes is made anew for each MAC, which takes three times as long as the MAC itself. */
const toKey = (bytes: ArrayBuffer): KeyObject => createSecretKey(new Uint8Array(bytes));

export const createChannelToken = (keys: WebhookKeys, channelId: ChannelId, claims: TokenClaims): string => {
  const key = keys.keys.get(keys.active);
  if (key === undefined) throw new Error(`The active webhook key "${keys.active}" is not among the keys`);
  const expiry = epochSecondsOf(claims.expiresAt).toString(36);
  const fields = [version, keys.active, expiry, claims.calendarKey, String(claims.connectGeneration)];
  return [...fields, sign(key, fields, channelId).toString('base64url')].join('.');
};

/** Takes the same time for every token of the right form, whether its key is known or not. */
export const verifyChannelToken = (keys: WebhookKeys, channelId: string, token: string, now: Instant): TokenVerdict => {
  const parts = pattern.exec(token)?.groups;
  if (parts === undefined) return { kind: 'rejected', reason: 'malformed' };
  const { keyId = '', expiry = '', calendarKey = '', generation = '', mac = '' } = parts;

  const given = Buffer.from(mac, 'base64url');
  if (given.toString('base64url') !== mac) return { kind: 'rejected', reason: 'malformed' }; // Node decodes leniently.
  const key = keys.keys.get(keyId);
  const expected = sign(key ?? unknownKey, [version, keyId, expiry, calendarKey, generation], channelId);
  if (!timingSafeEqual(given, expected) || key === undefined) return { kind: 'rejected', reason: 'forged' };
  if (Number.parseInt(expiry, 36) <= epochSecondsOf(now)) return { kind: 'rejected', reason: 'expired' };

  return { kind: 'valid', calendarKey: asId(calendarKey), connectGeneration: Number(generation) };
};

const unknownKey = toKey(new ArrayBuffer(32));

/** Each field goes in behind its length, so no two lists of fields make the same input. */
const sign = (key: KeyObject, fields: string[], channelId: string): Buffer => {
  const input = [...fields, channelId].map((field) => `${Buffer.byteLength(field)}:${field}`).join('');
  return createHmac('sha256', key).update(input).digest();
};

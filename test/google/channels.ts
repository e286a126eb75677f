/**
 * Watching a calendar: a channel is saved before the answer, its id is never free again, and only
 * its owner stops it. https://developers.google.com/workspace/calendar/api/guides/push
 */
import { backendError, invalid, notFound, required } from './errors.ts';
import { projectOf } from './oauth.ts';
import type { Calendar, Channel, Grant } from './state.ts';
import { digest } from './sync-tokens.ts';
import type { World } from './world.ts';

export type WatchRequest = {
  id?: string;
  type?: string;
  address?: string;
  token?: string;
  expiration?: string | number;
  params?: { ttl?: string };
};

const defaultSeconds = 604_800;

const refuse = (reason: string, message: string, domain = 'global') => backendError(400, { domain, reason, message });

export function openChannel(world: World, calendar: Calendar, grant: Grant, request: WatchRequest, origin: string) {
  if (!calendar.watchable) {
    const message = 'Push notifications are not supported by this resource.';
    throw refuse('pushNotSupportedForRequestedResource', message, 'calendar');
  }
  const { id, address } = checkRequest(world, request);
  const key = channelKey(grant, id);
  if (world.state.channels[key]) throw refuse('channelIdNotUnique', `Channel id ${id} not unique`);
  const channel: Channel = {
    id,
    clientId: grant.clientId,
    email: grant.email,
    calendarId: calendar.id,
    resourceId: digest([calendar.id, grant.email]),
    resourceUri: `${origin}/calendar/v3/calendars/${encodeURIComponent(calendar.id)}/events?alt=json`,
    address,
    ...(request.token !== undefined && { token: request.token }),
    expiration: expirationOf(world, request),
    messageNumber: 0,
    stopped: false,
  };
  world.state.channels[key] = channel;
  return channel;
}

export function showChannel({ id, resourceId, resourceUri, token, expiration }: Channel) {
  const shown = { kind: 'api#channel', id, resourceId, resourceUri, ...(token !== undefined && { token }) };
  return { ...shown, expiration: String(expiration) };
}

function checkRequest(world: World, request: WatchRequest): { id: string; address: string } {
  const { id, type, address, token } = request;
  if (!id) throw required('Missing required field: id');
  if (!/^[\w\-+/=]{1,64}$/.test(id)) throw refuse('push.channelIdInvalid', 'Invalid channel id');
  if (type !== 'web_hook' && type !== 'webhook') throw invalid('Unknown channel type');
  if (!address) throw required('Missing required field: address');
  if (!URL.canParse(address))
    throw refuse('push.webhookUrlNoHostOrAddress', `WebHook callback has no host: ${address}`);
  const { protocol } = new URL(address);
  if (protocol !== 'https:' && !(protocol === 'http:' && world.settings.allowHttpWebhooks)) {
    throw refuse('push.webhookUrlNotHttps', `WebHook callback must be HTTPS: ${address}`);
  }
  if (token !== undefined && token.length > 256) throw invalid('Channel token is too long');
  return { id, address };
}

/** The stricter of what was asked for and what the server allows. */
function expirationOf(world: World, request: WatchRequest): number {
  const now = world.now();
  const asked: number[] = [];
  if (request.expiration !== undefined) asked.push(Number(request.expiration));
  if (request.params?.ttl !== undefined) asked.push(now + Number(request.params.ttl) * 1000);
  if (asked.length === 0) asked.push(now + defaultSeconds * 1000);
  if (!asked.every((time) => time > now)) throw invalid(`Invalid ttl value for channel ${request.id}`);
  return Math.floor(Math.min(...asked, now + world.settings.maxChannelSeconds * 1000));
}

export function stopChannel(world: World, grant: Grant, request: { id?: string; resourceId?: string }): void {
  const { id, resourceId } = request;
  if (!id || !resourceId) throw required();
  const channel = world.state.channels[channelKey(grant, id)];
  const isOwner = channel?.email === grant.email && channel.clientId === grant.clientId;
  if (!isOwner || channel.resourceId !== resourceId || !isLive(world, channel)) {
    throw notFound(`Channel '${id}' not found for project '${projectOf(grant.clientId)}'`);
  }
  channel.stopped = true;
}

export const isLive = (world: World, channel: Channel): boolean => !channel.stopped && channel.expiration > world.now();

/** Unique within the Cloud project. */
const channelKey = (grant: Grant, id: string): string => `${projectOf(grant.clientId)}/${id}`;

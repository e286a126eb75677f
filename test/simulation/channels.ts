/** [R7] What watches which calendar once all is at rest: one live channel for each that is to be watched, and no others. */
import { hour, minute } from '../../shared/domain/instant.ts';
import { isLive } from '../google/channels.ts';
import type { Channel } from '../google/state.ts';
import { userIdOf } from './accounts.ts';
import type { Fail } from './rest.ts';
import type { System } from './system.ts';
import { count, type Sim } from './tasks.ts';

type Scene = { sim: Sim; system: System };

export const checkChannels = ({ sim, system }: Scene, users: number[], fail: Fail): void => {
  const { google, store, handled } = system;
  const live = Object.values(google.world.state.channels).filter((one) => isLive(google.world, one));
  const expected = [...store.calendars.values()].filter(
    ({ userId, enabled, realTimeSync, watchable }) =>
      enabled && realTimeSync && watchable && users.some((user) => userIdOf(user) === userId),
  );
  for (const { calendarId, channel: known } of expected) {
    const of = live.filter((channel) => channel.calendarId === calendarId).map(({ id }) => id);
    const isInHand = known?.state === 'creating' && Date.parse(known.createdAt ?? '') > google.world.now() - 5 * minute;
    if (isInHand) count(sim, 'excused: a channel that is being made just now');
    else if (known?.state !== 'active') fail('R7', `${calendarId} has no channel: ${JSON.stringify(known)}`);
    else if (!of.includes(known.id) && !google.dropped.has(known.id))
      fail('R7', `${calendarId} has a channel that Google does not know: ${known.id}`);
    else if (of.length > 1) fail('R7', `${calendarId} has ${of.length} channels: ${of}, and ${known.id} is ours`);
  }

  const held = new Set<string>([...store.calendars.values()].flatMap(({ channel }) => channel?.id ?? []));
  const isWatched = new Set<string>(expected.map(({ calendarId }) => calendarId));
  const isOver = ({ expiration }: Channel): boolean => expiration < google.world.now() + hour;
  for (const channel of live) {
    const { id, calendarId } = channel;
    if (held.has(id) || isWatched.has(calendarId) || isOver(channel)) continue;
    const excuse = excuses.find((one) => handled[one].has(id));
    if (excuse !== undefined) count(sim, `excused: a live channel, ${excuse}`);
    else fail('R7', `${id} still watches ${calendarId}, and no calendar has it`);
  }
};

/** As far as its process could know. */
const excuses = ['unheard', 'unstopped', 'crossed', 'graceless'] as const;

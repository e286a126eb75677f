/** Channels in memory, and the calendar's one slot. */
import type { Calendar } from '../../../shared/domain/calendar.ts';
import type { Channel } from '../../../shared/domain/channel.ts';
import { Superseded } from '../../../shared/domain/errors.ts';
import type { ChannelStore } from '../../../shared/sync/ports.ts';
import type { Calendars, Due } from './calendars.ts';
import type { Copy } from './revisioned.ts';

export const memoryChannels = (calendars: Calendars, due: Due, copy: Copy = structuredClone): ChannelStore => {
  const channels = new Map<string, Channel>();
  const takeSlot = (read: Calendar, expected: string | undefined, set: Partial<Calendar>) => {
    const stored = calendars.get(read.key);
    if (stored?.channel?.id !== expected || stored?.connectGeneration !== read.connectGeneration) {
      throw new Superseded('The channel slot changed');
    }
    const { channel, ...rest } = stored as Calendar;
    calendars.set(read.key, { ...rest, ...copy(set) });
  };
  const put = (channel: Channel) => channels.set(channel.id, copy(channel));
  return {
    async begin(read, channel, slot) {
      takeSlot(read, read.channel?.id, { channel: slot });
      put(channel);
    },
    async activate(read, channel, slot, dueAt) {
      takeSlot(read, channel.id, { channel: slot });
      put(channel);
      due.set(read.key, dueAt);
    },
    async postpone(read, slot) {
      takeSlot(read, slot.id, { channel: slot });
      due.set(read.key, slot.renewAt);
    },
    async settle(read) {
      const slot = calendars.get(read.key)?.channel;
      if (slot === undefined) throw new Superseded('The slot is empty');
      const { unsettled, ...settled } = slot;
      takeSlot(read, read.channel?.id, { channel: settled });
    },
    async vacate(read, watchable) {
      takeSlot(read, read.channel?.id, { watchable });
    },
    async listOf(userId, key) {
      return copy([...channels.values()].filter((one) => one.userId === userId && one.calendarKey === key));
    },
    async setState(channel, state) {
      put({ ...(channels.get(channel.id) as Channel), state });
    },
  };
};

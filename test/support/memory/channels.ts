/** Channels in memory, and the calendar's one slot. */
import type { Calendar } from '../../../shared/domain/calendar.ts';
import type { Channel } from '../../../shared/domain/channel.ts';
import { Superseded } from '../../../shared/domain/errors.ts';
import type { ChannelStore } from '../../../shared/ports.ts';
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
  const slotOf = ({ key }: Calendar) => {
    const slot = calendars.get(key)?.channel;
    if (slot === undefined) throw new Superseded('The slot is empty');
    return slot;
  };
  const put = (channel: Channel) => channels.set(channel.id, copy(channel));
  return {
    async begin(read, channel, slot) {
      if (!calendars.get(read.key)?.enabled) throw new Superseded('The calendar is switched off');
      takeSlot(read, read.channel?.id, { channel: slot });
      put(channel);
      due.set(read.key, slot.renewAt);
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
      const { unsettled, settleAt, ...settled } = slotOf(read);
      takeSlot(read, read.channel?.id, { channel: settled });
    },
    async deferSettling(read, settleAt, dueAt) {
      takeSlot(read, read.channel?.id, { channel: { ...slotOf(read), settleAt } });
      due.set(read.key, dueAt);
    },
    async vacate(read) {
      takeSlot(read, read.channel?.id, {});
    },
    async giveUp(read, since) {
      takeSlot(read, read.channel?.id, { watchable: false, unwatchableSince: since });
    },
    async renewNow(read, now) {
      const set = read.channel === undefined ? { watchable: true } : { channel: { ...slotOf(read), renewAt: now } };
      takeSlot(read, read.channel?.id, set);
      due.set(read.key, now);
    },
    async listOf(userId, key) {
      return copy([...channels.values()].filter((one) => one.userId === userId && one.calendarKey === key));
    },
    async note({ id, state, resourceId }) {
      const known = channels.get(id);
      if (known !== undefined) put({ ...known, state, ...(resourceId !== undefined && { resourceId }) });
    },
  };
};

/** Channels, and the calendar's one slot for its current channel: both change together or not at all [R7]. */
import { TransactWriteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Calendar } from '../domain/calendar.ts';
import type { Channel } from '../domain/channel.ts';
import { Superseded } from '../domain/errors.ts';
import type { ChannelId } from '../domain/ids.ts';
import { day, epochSecondsOf, plusMs } from '../domain/instant.ts';
import type { ChannelStore } from '../ports.ts';
import { upToDate } from './bring-up.ts';
import { dueKeysOf } from './calendar-update.ts';
import { toUpdate } from './item-update.ts';
import { keys, prefixes } from './keys.ts';
import { fromItem, isConditionFailure, queryAll, type Table, toItem } from './table.ts';

/** A channel's record outlives the channel by this, for the questions that come afterwards. */
const keptAfterExpiryMs = 7 * day;

export const channelStore = (table: Table): ChannelStore => {
  const transact = async (what: string, writes: object[]): Promise<void> => {
    try {
      await upToDate(table, () => table.client.send(new TransactWriteCommand({ TransactItems: writes })));
    } catch (cause) {
      if (isConditionFailure(cause)) throw new Superseded(`The channel slot changed before ${what}`, { cause });
      throw cause;
    }
  };
  const slotUpdate = (
    read: Calendar,
    found: { 'channel.id': ChannelId | undefined; enabled?: true },
    set: Record<string, unknown>,
    indexed: Record<string, string> = {},
  ) => ({
    Update: {
      TableName: table.name,
      ...toUpdate({
        key: keys.calendar(read.key),
        set,
        indexed,
        expect: { ...found, connectGeneration: read.connectGeneration },
      }),
    },
  });
  const put = (channel: Channel) => ({ Put: { TableName: table.name, Item: toChannelItem(channel) } });

  return {
    begin: (read, channel, slot) =>
      transact('the channel was saved', [
        put(channel),
        slotUpdate(read, { ...holderOf(read), enabled: true }, { channel: slot }, dueKeysOf(read.key, slot.renewAt)),
      ]),

    activate: (read, channel, slot, dueAt) =>
      transact('the channel was activated', [
        put(channel),
        slotUpdate(read, { 'channel.id': channel.id }, { channel: slot }, dueKeysOf(read.key, dueAt)),
      ]),

    postpone: (read, slot) =>
      transact('it was postponed', [
        slotUpdate(read, { 'channel.id': slot.id }, { channel: slot }, dueKeysOf(read.key, slot.renewAt)),
      ]),

    settle: (read) =>
      transact('it was settled', [
        slotUpdate(read, holderOf(read), { 'channel.unsettled': undefined, 'channel.settleAt': undefined }),
      ]),

    deferSettling: (read, settleAt, dueAt) =>
      transact('the stops were put off', [
        slotUpdate(read, holderOf(read), { 'channel.settleAt': settleAt }, dueKeysOf(read.key, dueAt)),
      ]),

    vacate: (read) => transact('the slot was emptied', [slotUpdate(read, holderOf(read), { channel: undefined })]),

    giveUp: (read, since) =>
      transact('it was given up', [
        slotUpdate(read, holderOf(read), { channel: undefined, watchable: false, unwatchableSince: since }),
      ]),

    renewNow: (read, now) => {
      const set = read.channel === undefined ? { watchable: true } : { 'channel.renewAt': now };
      return transact('it was renewed', [slotUpdate(read, holderOf(read), set, dueKeysOf(read.key, now))]);
    },

    async listOf(userId, key) {
      return (await queryAll(table, prefixes.channels(userId, key))).map(fromItem<Channel>);
    },

    async note({ userId, calendarKey, id, state, resourceId }) {
      const set = { state, ...(resourceId !== undefined && { resourceId }) };
      const update = toUpdate({ key: keys.channel(userId, calendarKey, id), set, expect: {} });
      await upToDate(table, () => table.client.send(new UpdateCommand({ TableName: table.name, ...update }))).catch(
        (error: unknown) => {
          if (!isConditionFailure(error)) throw error;
        },
      );
    },
  };
};

const holderOf = ({ channel }: Calendar) => ({ 'channel.id': channel?.id });

const toChannelItem = (channel: Channel) =>
  toItem(keys.channel(channel.userId, channel.calendarKey, channel.id), channel, {
    expiresAt: epochSecondsOf(plusMs(channel.expiresAt, keptAfterExpiryMs)),
  });

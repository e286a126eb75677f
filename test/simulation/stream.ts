/** The table's stream: each write of an appointment or a calendar, in order, at least once; and the function that reads it. */

import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBRecord } from 'aws-lambda';
import type { Appointment } from '../../shared/domain/appointment.ts';
import type { Calendar } from '../../shared/domain/calendar.ts';
import { keys } from '../../shared/store/keys.ts';
import { toItem } from '../../shared/store/table.ts';
import { count, note, type Sim } from './tasks.ts';

const attemptsAtMost = 4;

type Image = NonNullable<NonNullable<DynamoDBRecord['dynamodb']>['NewImage']>;

export type Stream = ReturnType<typeof streamIn>;

type StreamOptions = {
  sim: Sim;
  /** Resolves when the batch is done, rejects when it has failed. */
  read(batch: DynamoDBRecord[]): Promise<void>;
  /** Nobody will read them any more. */
  lost(appointments: Appointment[]): void;
};

type Entry = { record: DynamoDBRecord; written?: Appointment };

export const streamIn = ({ sim, read, lost }: StreamOptions) => {
  const { kernel, random, faults } = sim;
  const shard: Entry[] = [];
  let isReading = false;
  let numbered = 0;

  const add = (entry: Entry): void => {
    shard.push(entry);
    wake(random.between('stream latency', 50, 900));
  };

  const wake = (ms: number): void => {
    if (isReading) return;
    isReading = true;
    kernel.after(ms, () => next(Math.min(shard.length, random.between('stream batch', 1, 6)), 1));
  };

  const next = (size: number, attempt: number): void => {
    const batch = shard.slice(0, size);
    if (batch.length === 0) {
      isReading = false;
      return;
    }
    const fault = faults.at('stream.batch', 'stream');
    if (fault !== undefined) {
      count(sim, `fault stream ${fault}`);
      note(sim, 'stream', () => `⚡ ${fault} (${batch.length} records)`);
    }
    if (fault === 'stalled') {
      kernel.after(random.between('stall', 5_000, 300_000), () => next(size, attempt));
      return;
    }
    if (fault === 'given-up') {
      giveUp(size);
      kernel.after(100, () => next(Math.min(shard.length, 5), 1));
      return;
    }
    const again = fault === 'replayed';
    read(batch.map(({ record }) => record)).then(
      () => {
        if (!again) shard.splice(0, size);
        kernel.after(again ? 1_000 : 50, () => next(again ? size : Math.min(shard.length, 6), 1));
      },
      () => {
        // Halved, and tried a few times; what stays bad goes to the failure queue.
        if (attempt < attemptsAtMost || size > 1) {
          return kernel.after(1_000 * attempt, () => next(Math.max(1, size >> 1), attempt + 1));
        }
        count(sim, 'a record that the stream has given up');
        giveUp(1);
        kernel.after(50, () => next(Math.min(shard.length, 5), 1));
      },
    );
  };

  const giveUp = (size: number): void => lost(shard.splice(0, size).flatMap(({ written }) => written ?? []));

  /** The image before a write is the one after the write before it. */
  const images = new WeakMap<object, Record<string, AttributeValue>>();
  const image = (
    key: { pk: string; sk: string },
    value: object | undefined,
  ): Record<string, AttributeValue> | undefined => {
    if (value === undefined) return undefined;
    const known = images.get(value) ?? marshall(toItem(key, value), { removeUndefinedValues: true });
    images.set(value, known);
    return known;
  };

  const nextId = (): string => {
    numbered += 1;
    return `e${numbered}`;
  };

  const recordOf = (key: { pk: string; sk: string }, before: object | undefined, after: object): DynamoDBRecord => {
    const [OldImage, NewImage] = [image(key, before), image(key, after)];
    return {
      eventID: nextId(),
      dynamodb: {
        Keys: { pk: { S: key.pk }, sk: { S: key.sk } },
        ...(OldImage && { OldImage: OldImage as Image }),
        ...(NewImage && { NewImage: NewImage as Image }),
      },
    };
  };

  return {
    isIdle: (): boolean => shard.length === 0,
    appointmentWritten: (before: Appointment | undefined, after: Appointment): void =>
      add({ record: recordOf(keys.appointment(after.userId, after.id), before, after), written: after }),
    /** The mapping's filter lets pass those that a notification has brought forward. */
    calendarWritten: (before: Calendar | undefined, after: Calendar): void => {
      if (after.lastNotificationAt !== undefined) add({ record: recordOf(keys.calendar(after.key), before, after) });
    },
  };
};

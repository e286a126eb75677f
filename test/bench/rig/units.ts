/** Noted calls of DynamoDB → what they consumed, as DynamoDB itself has told. */
import type { Call } from './meter.ts';

export type Units = { reads: number; writes: number; roundTrips: number; refused: number };

type Capacity = { CapacityUnits?: number };

const reading = /^(GetItem|BatchGetItem|Query|TransactGetItems)$/;

export const unitsOf = (calls: Call[]): Units => {
  const table = calls.filter(({ service }) => service === 'dynamodb');
  const sum = (some: Call[]) => some.reduce((total, call) => total + consumed(call), 0);
  return {
    reads: sum(table.filter(({ operation }) => reading.test(operation))),
    writes: sum(table.filter(({ operation }) => !reading.test(operation))),
    roundTrips: table.length,
    refused: table.filter(({ status }) => status >= 400).length,
  };
};

/** A write that its condition refuses costs what the item that is there weighs; DynamoDB does not tell: one unit at least. */
const consumed = ({ answer, status }: Call): number => {
  if (status >= 400) return 1;
  const told = [answer.ConsumedCapacity ?? []].flat() as Capacity[];
  return told.reduce((total, { CapacityUnits = 0 }) => total + CapacityUnits, 0);
};

export const shownUnits = ({ reads, writes, roundTrips, refused }: Units): string =>
  `${writes} write units, ${reads} read units, ${roundTrips} calls${refused > 0 ? `, ${refused} refused` : ''}`;

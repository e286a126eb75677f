/** Row 4: what each step consumes of the table, as `ReturnConsumedCapacity` tells. */
import type { Figure, Row } from '../figures.ts';
import { scenarios } from '../rig/scenarios.ts';
import { sweepUnits } from '../rig/sweep-units.ts';
import { shownUnits, type Units, unitsOf } from '../rig/units.ts';

const fleets = [10, 1_000, 100_000];

const figureOf = (what: string, units: Units, mostWrites?: number): Figure => ({
  what,
  value: units.writes,
  unit: 'write units',
  ...(mostWrites !== undefined && { target: { atMost: mostWrites } }),
  note: shownUnits(units),
});

const measure = async (): Promise<Figure[]> => {
  const counted = await scenarios();
  const steps = [
    figureOf('a notification that brings nothing new', unitsOf(counted.nothingNew.calls)),
    figureOf('a notification that brings a new event', unitsOf(counted.oneNew.calls)),
    figureOf('a notification that brings a changed event', unitsOf(counted.oneChanged.calls)),
    figureOf('a notification that is covered', unitsOf(counted.covered.calls), 0),
    figureOf('five notifications of one change', unitsOf(counted.fiveForOneChange.calls)),
    figureOf('a booking made here and pushed', unitsOf(counted.bookingPushed.calls)),
    figureOf('a renewal, with the listing that its channel asks for', unitsOf(counted.renewal.calls)),
  ];
  const swept: { calendars: number; due: number; units: Units }[] = [];
  for (const calendars of fleets) swept.push(await sweepUnits(calendars));
  const perDue = ({ units, due }: (typeof swept)[number]) => units.writes / due;
  const [few, ...many] = swept.map((round) => ({ ...round, each: perDue(round) }));
  return [
    ...steps,
    ...swept.map(({ calendars, due, units }) => ({
      ...figureOf(`a sweep of ${calendars} calendars, ${due} of them due`, units),
      note: `${shownUnits(units)}; ${(units.roundTrips / due).toFixed(2)} calls for each that is due`,
    })),
    ...many.map(({ calendars, each }) => ({
      what: `writes per due calendar, ${calendars} calendars / ${few?.calendars}`,
      value: each / (few?.each ?? Number.NaN),
      unit: '×',
      target: { atMost: 1.01 },
    })),
  ];
};

export const tableUnits: Row = { name: 'table-units', title: '4. DynamoDB', measure };

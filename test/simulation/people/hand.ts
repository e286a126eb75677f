/** What every act is made of: whom it is about, and when and what it says. */
import type { Appointment } from '../../../shared/domain/appointment.ts';
import { hour, type Instant, instantAt, minute } from '../../../shared/domain/instant.ts';
import type { EventBody } from '../../google/state.ts';
import { type Accounts, userIdOf } from '../accounts.ts';
import { entitiesIn } from '../entities.ts';
import type { Knobs } from '../knobs.ts';
import type { Ledger } from '../ledger.ts';
import type { Operation, OperationKind } from '../operations.ts';
import type { System } from '../system.ts';
import type { Sim } from '../tasks.ts';

export type Setting = { sim: Sim; knobs: Knobs; system: System; ledger: Ledger; accounts: Accounts };

export type Acts<Kind extends OperationKind> = Record<Kind, (operation: Operation) => void>;

/** An event, and the calendar that it is in. */
export type Place = { calendarId: string; event: EventBody };

export type Hand = ReturnType<typeof handIn>;

export const handIn = (setting: Setting) => {
  const { sim, knobs, system, accounts } = setting;
  const { kernel } = sim;
  const { store } = system;
  const { calendarsOf } = accounts;
  const entities = entitiesIn(system, accounts);
  const { entityOf, entityOfEvent, liveEvents } = entities;
  /** What was edited last comes first. */
  let recent: string[] = [];
  const touch = (entity: string): void => {
    recent = [entity, ...recent.filter((one) => one !== entity)];
  };

  const slotMs = 2 * hour;
  const firstSlot = Math.ceil(kernel.now() / (24 * hour)) * 24 * hour;
  const startOf = (nth: number): number => firstSlot + nth * slotMs;
  const spanOf = (startMs: number) => ({ start: instantAt(startMs), end: instantAt(startMs + 30 * minute) });
  /** Some clients live elsewhere; else nobody would see which zone is written. */
  const zoneOf = ({ nth }: Operation): string => (nth % 3 === 1 ? 'Asia/Tokyo' : knobs.timeZone);
  const inGoogle = (startMs: number) => {
    const { start, end } = spanOf(startMs);
    return { start: { dateTime: start, timeZone: knobs.timeZone }, end: { dateTime: end, timeZone: knobs.timeZone } };
  };

  const chosen = <T>(from: readonly T[], entity: (one: T) => string, { pick, hot }: Operation): T | undefined => {
    if (hot) {
      for (const wanted of recent.slice(0, 3)) {
        const found = from.find((one) => entity(one) === wanted);
        if (found !== undefined) return found;
      }
    }
    return from[Math.floor(pick * from.length)];
  };

  const ours = (
    operation: Operation,
    status: Appointment['status'] = 'confirmed',
    isWanted: (one: Appointment) => boolean = () => true,
  ): Appointment | undefined => {
    const userId = userIdOf(operation.user);
    const known = [...store.appointments.values()].filter(
      (one) => one.userId === userId && one.status === status && isWanted(one),
    );
    return chosen(known, entityOf, operation);
  };

  const theirs = (operation: Operation, isWanted: (event: EventBody) => boolean = () => true): Place | undefined => {
    const places = calendarsOf(operation.user).flatMap((calendarId) =>
      liveEvents(calendarId).map((event) => ({ calendarId, event })),
    );
    const wanted = places.filter(({ event }) => isWanted(event));
    return chosen(wanted, ({ event }) => entityOfEvent(event), operation);
  };

  /** Each time by so much as by no other. */
  const lengthened = (start: string, { nth }: Operation): Instant => instantAt(Date.parse(start) + (31 + nth) * minute);

  const text = (kind: string, { nth }: Operation): string => `${kind}-${nth}`;

  return {
    ...setting,
    entities,
    touch,
    startOf,
    spanOf,
    zoneOf,
    inGoogle,
    ours,
    theirs,
    chosen,
    lengthened,
    text,
  };
};

export const single = ({ recurringEventId }: EventBody): boolean => recurringEventId === undefined;

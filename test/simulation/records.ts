/**
 * [R12] The audit log beside what was written: of each version one record, which says what stood before, what stands now, and
 * who did it because of what. Only what the stream has given up may be missing.
 */
import type { Appointment } from '../../shared/domain/appointment.ts';
import type { SyncEvent } from '../../shared/domain/sync-event.ts';
import type { Fail } from './rest.ts';
import { count, type Sim, type Task } from './tasks.ts';

type Written = { before: Appointment | undefined; after: Appointment };

export type Records = ReturnType<typeof recordsIn>;

export const recordsIn = (sim: Sim, fail: Fail) => {
  /** By `<appointment id>:<version>`. */
  const written = new Map<string, Written>();
  const kept = new Set<string>();
  const givenUp = new Set<string>();
  /** Of every hint that the queue has taken. */
  const chains = new Set<string>();

  const checkRecord = (event: SyncEvent): void => {
    const key = nameOf(event);
    const of = written.get(key);
    if (of === undefined) {
      fail('R12', `there is a record of ${key}, which nobody has written`);
      return;
    }
    const wanted = recordOf(of);
    if (JSON.stringify(event) !== JSON.stringify(wanted))
      fail('R12', `the record of ${key} says otherwise: ${differing(event, wanted).join(', ')}`);
    kept.add(key);
  };

  return {
    written(before: Appointment | undefined, after: Appointment, { kind, name }: Task): void {
      const { id, version, provenance } = after;
      written.set(`${id}:${version}`, { before, after });
      const { actor, chainId, reason } = provenance;
      const isPersons = /^(request|consent)-\d+$/.test(chainId);
      // A worker carries on what a person has asked for; otherwise it is Google that has changed something.
      const isCarriedOn = isPersons || leavings.has(reason) || reason === 'change_settings';
      if (kind === 'person' ? actor !== 'user' : actor !== 'google' && !isCarriedOn)
        fail('R12', `${name} writes ${id}:${version}, and the ${actor} is said to have`);
      if (kind === 'person' ? !isPersons : !chains.has(chainId))
        fail('R12', `${id}:${version} is of the chain ${chainId}, which nothing has begun`);
    },
    queued: ({ chainId }: { chainId: string }): void => void chains.add(chainId),
    /** In one write: the table refuses one that has an item twice. A later one may repeat it, to the letter. */
    appended(events: SyncEvent[]): void {
      const keys = events.map(nameOf);
      if (new Set(keys).size < keys.length) fail('R12', `one write has a record twice: ${keys.join(' ')}`);
      for (const event of events) checkRecord(event);
    },
    givenUp(appointments: Appointment[]): void {
      for (const one of appointments) givenUp.add(`${one.id}:${one.version}`);
    },
    /** Once all is at rest. */
    checkComplete(appointments: Appointment[]): void {
      for (const { id, version } of appointments) {
        for (let one = 1; one <= version; one++) {
          const key = `${id}:${one}`;
          if (kept.has(key)) continue;
          if (givenUp.has(key)) count(sim, 'excused: a record that the stream has given up');
          else fail('R12', `${key} has no record`);
        }
      }
    },
  };
};

/** What is done about a calendar that is synced no more. */
const leavings = new Set(['calendar_disabled', 'change_account']);

const nameOf = ({ appointmentId, version }: SyncEvent): string => `${appointmentId}:${version}`;

const recordOf = ({ before, after }: Written): Record<string, unknown> => ({
  userId: after.userId,
  appointmentId: after.id,
  version: after.version,
  at: after.updatedAt,
  provenance: after.provenance,
  before,
  after,
});

/** The names of the fields that are not alike. */
const differing = (a: Record<string, unknown>, b: Record<string, unknown>): string[] =>
  [...new Set([...Object.keys(a), ...Object.keys(b)])].filter(
    (field) => JSON.stringify(a[field]) !== JSON.stringify(b[field]),
  );

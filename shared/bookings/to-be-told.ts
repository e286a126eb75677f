/** A person has changed an appointment here: how it stands with Google from then on. */

import { keepBase, pendingAt } from '../decision/sync-state.ts';
import type { Appointment, SyncState } from '../domain/appointment.ts';
import type { Instant } from '../domain/instant.ts';
import { type Destination, targetOf } from './destination.ts';

/** `changed` is what `before` has become, and Google must hear of the difference, now or when a person has decided. */
export const toBeTold = (
  changed: Appointment,
  before: Appointment,
  destination: Destination,
  now: Instant,
): Appointment => ({
  ...changed,
  ...(changed.link !== undefined && keepBase(before)), // Without an event nothing has been agreed on.
  sync: nextSync(changed, destination, now),
});

const nextSync = (changed: Appointment, destination: Destination, now: Instant): SyncState => {
  const { sync } = changed;
  switch (sync.state) {
    case 'conflict':
    case 'held':
    case 'quarantined':
      return sync;
    case 'pending':
      return fresh(sync, now);
    case 'synced':
    case 'local':
      return firstState(changed, destination, now);
  }
};

/** Earlier attempts were about other content; this one may succeed. */
const fresh = ({ reason: _reason, ...pending }: Extract<SyncState, { state: 'pending' }>, now: Instant): SyncState => ({
  ...pending,
  notBefore: now,
  attempts: 0,
});

export const firstState = (
  appointment: Pick<Appointment, 'link' | 'endsAt'>,
  destination: Destination,
  now: Instant,
): SyncState => {
  const target = targetOf(appointment, destination, now);
  return target === undefined ? { state: 'local' } : pendingAt(target, now);
};

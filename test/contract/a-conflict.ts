/** A review item to test with: an overlap, unremarkable. */
import type { Conflict } from '../../shared/domain/conflict.ts';
import { asId } from '../../shared/domain/ids.ts';
import { anAppointment, calendarKey, now, userId } from '../support/samples.ts';

export const aConflict = (overrides: Partial<Conflict> = {}): Conflict => {
  const { id, fields } = anAppointment();
  return {
    id: asId('conflict-1'),
    userId,
    calendarKey,
    kind: 'overlap',
    status: 'open',
    revision: 1,
    openedAt: now,
    updatedAt: now,
    chainId: asId('chain-1'),
    appointmentId: id,
    ours: fields,
    theirs: fields,
    theirsAt: now,
    ...overrides,
  };
};

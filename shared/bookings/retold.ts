/** A booking as it is once other parts of it are shared: Google's event is to say these, and no others. */

import type { Stamp } from '../decision/next-appointment.ts';
import { retitled } from '../decision/retitled.ts';
import { moved } from '../decision/sync-state.ts';
import { isToldAsShared } from '../decision/told-as-shared.ts';
import type { Appointment } from '../domain/appointment.ts';
import type { Shared } from '../domain/settings.ts';
import type { Destination } from './destination.ts';
import { toBeTold } from './to-be-told.ts';

const reason = 'change_settings';

/** `were`: the parts that were shared until now. Undefined when there is nothing to write. */
export const retold = (
  before: Appointment,
  were: Shared,
  destination: Destination,
  { now, chainId }: Stamp,
): Appointment | undefined => {
  if (before.kind !== 'booking' || before.status === 'cancelled') return undefined;
  const { shared } = destination.settings;
  const title = retitled(before, shared, were);
  if (title === before.fields.title && (isToldAsShared(before, shared) || isToldLater(before))) return undefined;

  const fields = { ...before.fields, title };
  const next = { ...moved(before, { updatedAt: now, provenance: { actor: 'user', reason, chainId } }), fields };
  return before.sync.state === 'local' ? next : toBeTold(next, before, destination, now);
};

/** It is already marked, or waits for a person, after whose decision everything is told (outgoing.ts). */
const isToldLater = ({ sync, provenance }: Appointment): boolean =>
  sync.state === 'pending' ? provenance.reason === reason : sync.state !== 'synced';

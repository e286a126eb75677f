/** A sync event as it is stored: most of the appointment stays as it was, so that is said of what has changed alone. Pure. */
import type { Appointment } from '../domain/appointment.ts';
import type { SyncEvent } from '../domain/sync-event.ts';
import { type Patch, patched, patchOf } from './merge-patch.ts';

/** `was`: what makes the appointment as it was of how it is. */
export type StoredEvent = Omit<SyncEvent, 'before'> & { was?: Patch };

export const toStored = ({ before, ...event }: SyncEvent): StoredEvent => ({
  ...event,
  ...(before && { was: patchOf(event.after, before) }),
});

export const fromStored = ({ was, ...event }: StoredEvent): SyncEvent => ({
  ...event,
  ...(was && { before: patched(event.after, was) as Appointment }),
});

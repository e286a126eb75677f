/**
 * A sync event as it is stored: the appointment as it is, and of how it was what has changed alone. The rest of the record is
 * in the appointment. Pure.
 */
import type { Appointment } from '../domain/appointment.ts';
import { type SyncEvent, syncEventOf } from '../domain/sync-event.ts';
import { type Patch, patched, patchOf } from './merge-patch.ts';

/** `was`: the patch that turns the appointment as it is into what it was; absent when it is new. */
export type StoredEvent = { after: Appointment; was?: Patch };

export const toStored = ({ before, after }: Pick<SyncEvent, 'before' | 'after'>): StoredEvent => ({
  after,
  ...(before && { was: patchOf(after, before) }),
});

export const fromStored = ({ after, was }: StoredEvent): SyncEvent => {
  const event = syncEventOf(was && (patched(after, was) as Appointment), after);
  if (event === undefined) throw new Error('A record of the log in which nothing has changed');
  return event;
};

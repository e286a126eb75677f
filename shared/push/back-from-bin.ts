/** An event that a person deleted, and then took out of the bin while somebody here decided to make it anew: one of the two will do [R3]. */
import { isOurs } from '../decision/sides.ts';
import { kept } from '../decision/sync-state.ts';
import type { Appointment } from '../domain/appointment.ts';
import { eventIdFor } from '../domain/derived-ids.ts';
import type { Due, PushPlace, StepDeps } from './push-place.ts';

/** The booking with its event of before, which is to be told what was decided; undefined when that is gone. */
export const backFromBin = async (
  { events }: StepDeps,
  { context }: PushPlace,
  appointment: Due,
): Promise<Appointment | undefined> => {
  const { kind, id, link, fields, sync } = appointment;
  const { idGeneration = 1, sent, calendarId } = link ?? {};
  if (kind !== 'booking' || link === undefined || calendarId === undefined || idGeneration < 2 || sent)
    return undefined;
  const eventId = eventIdFor(id, idGeneration - 1);
  const { change } = await events.read({ calendarId, eventId });
  if (change.kind !== 'event' || !isOurs(change.event, appointment, context.ownerMark)) return undefined;
  const { etag, updated } = change.event;
  return {
    ...kept(appointment),
    base: fields,
    link: { ...link, eventId, idGeneration: idGeneration - 1, observed: { etag, updated } },
    sync: { ...sync, prefer: 'bookedbarber' },
  };
};

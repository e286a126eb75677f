/** Changes an event that Google has: what it says, or that it is deleted. */
import { readTheirs } from '../decision/sides.ts';
import { footerShown } from '../decision/sync-state.ts';
import type { CalendarEvent } from '../domain/calendar-event.ts';
import type { EventCopy } from '../google/event-body.ts';
import { noteSaid, noteTold } from './note-told.ts';
import { type Due, type PushPlace, refOf, type StepDeps, type Stepped } from './push-place.ts';
import { changedContent, deleted, deleting, saidNow, sending } from './push-plan.ts';

/** `copy`: the event as it was read, to be changed. */
export const update = async (
  deps: StepDeps,
  { context }: PushPlace,
  appointment: Due,
  { event, copy }: { event: CalendarEvent; copy: EventCopy },
): Promise<Stepped> => {
  const theirs = readTheirs(appointment, { kind: 'event', event }, context);
  if (!('translated' in theirs)) throw new Error('An event that cannot be read is never overwritten');
  const { fields } = theirs.translated;
  const content = changedContent(asShown(appointment, event), fields, context.settings);
  const said = saidNow(appointment, context.settings);
  if (content === undefined) {
    await noteSaid(deps, appointment, said, event);
    return 'noted';
  }
  const noted = sending(appointment, said, { event, theirs: fields });
  if ((await deps.appointments.save(noted, { before: appointment })) === 'conflict') return 'noted';
  const result = await deps.events.update({ ...refOf(appointment), copy, content });
  if (result.kind !== 'written') return 'noted';
  await noteSaid(deps, noted, said, result.event);
  return 'told';
};

/** An answer that was lost leaves open which of our lines it says; itself shows that. */
const asShown = (appointment: Due, event: CalendarEvent): Due => {
  const { link } = appointment;
  return link === undefined ? appointment : { ...appointment, link: { ...link, footer: footerShown(link, event) } };
};

export const remove = async (deps: StepDeps, appointment: Due, event: CalendarEvent): Promise<Stepped> => {
  const noted = deleting(appointment, event);
  if ((await deps.appointments.save(noted, { before: appointment })) === 'conflict') return 'noted';
  if ((await deps.events.delete({ ...refOf(appointment), etag: event.etag })) === 'stale') return 'noted';
  await noteTold(deps, noted, (latest) => deleted(latest, noted));
  return 'told';
};

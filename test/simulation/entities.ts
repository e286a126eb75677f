/** What the events and appointments of both sides stand for: one thing keeps one name, whatever ids it has had. */
import type { Appointment } from '../../shared/domain/appointment.ts';
import { asId } from '../../shared/domain/ids.ts';
import { listEvents } from '../google/listing.ts';
import type { EventBody } from '../google/state.ts';
import { type Accounts, userIdOf } from './accounts.ts';
import type { System } from './system.ts';

export const entitiesIn = ({ google: { world }, store }: System, { calendarsOf }: Accounts) => {
  const entityOfEvent = (event: { id: string; extendedProperties?: unknown }): string => {
    const marks = event.extendedProperties as { private?: Record<string, string> } | undefined;
    const [, appointmentId] = (marks?.private?.bookedBarber ?? '').split('.');
    const isLeftBehind =
      restored.has(event.id) && store.appointments.get(appointmentId ?? '')?.link?.eventId !== event.id;
    if (appointmentId === undefined || isLeftBehind) return nameOf(event.id);
    return blocks.get(appointmentId) ?? appointmentId;
  };
  /** Taken out of the bin by a person, by what each was then: where ours has been made anew meanwhile, it is a foreign one by now. */
  const restored = new Map<string, string>();
  const moved = new Map<string, number>();
  /** Of blocks: the event that each was made of. */
  const blocks = new Map<string, string>();
  /** A foreign event that is back while its block has been made anew is another thing than the block by now. */
  const nameOf = (eventId: string): string =>
    restored.has(eventId) && isMadeAnew(eventId) ? `event:${eventId}, again` : `event:${eventId}`;
  const isMadeAnew = (eventId: string): boolean =>
    [...blocks].some(
      ([id, entity]) =>
        entity === `event:${eventId}` && store.appointments.get(asId(id))?.link?.eventId !== asId(eventId),
    );
  const entityOf = ({ id, kind, link }: Pick<Appointment, 'id' | 'kind' | 'link'>): string => {
    if (kind === 'booking') return id;
    const known = blocks.get(id);
    if (known !== undefined) return known;
    const entity = nameOf(link?.eventId ?? '');
    blocks.set(id, entity);
    return entity;
  };

  /** All that there is of a user's, on either side: series as such, and each of their occurrences. */
  const entitiesOf = (user: number): string[] => {
    const here = [...store.appointments.values()].filter(({ userId }) => userId === userIdOf(user)).map(entityOf);
    const stored = (id: string) => Object.values(world.state.calendars[id]?.events ?? {}).map(({ body }) => body);
    const there = calendarsOf(user).flatMap((id) => [...stored(id), ...liveEvents(id)].map(entityOfEvent));
    return [...here, ...there];
  };

  /** As a person sees the calendar: expanded, without what is deleted. */
  const liveEvents = (calendarId: string): EventBody[] => {
    const calendar = world.state.calendars[calendarId];
    if (calendar === undefined) return [];
    const { items } = listEvents(world, calendar, 'owner', { singleEvents: true }, 2_500) as { items: EventBody[] };
    return items;
  };

  return {
    entityOf,
    entityOfEvent,
    entitiesOf,
    liveEvents,
    isMadeAnew,
    isRestored: (eventId: string): boolean => restored.has(eventId),
    noteRestored: (event: EventBody): void => void restored.set(event.id, entityOfEvent(event)),
    noteMoved: (eventId: string, at: number): void => void moved.set(eventId, at),
    /** When a person last moved it to another calendar; -1: nobody has. */
    movedAt: (eventId: string): number => moved.get(eventId) ?? -1,
    /** Was it an event of this one when it was taken out of the bin? */
    wasOf: (name: string, entity: string): boolean =>
      [...restored].some(([eventId, was]) => was === entity && name === nameOf(eventId)),
  };
};

/** Google's events as one user may write them: the adapter with its caller filled in. */
import type { CallGoogle } from '../connections/google-access.ts';
import type { Caller, EventWriter } from '../google/calendar-api.ts';

type As<Method> = Method extends (caller: Caller, request: infer Request) => infer Answer
  ? (request: Request) => Answer
  : never;

export type EventsOf = {
  insert: As<EventWriter['insertEvent']>;
  read: As<EventWriter['readEvent']>;
  update: As<EventWriter['updateEvent']>;
  delete: As<EventWriter['deleteEvent']>;
  move: As<EventWriter['moveEvent']>;
};

export const eventsOf = (asUser: CallGoogle, google: EventWriter): EventsOf => ({
  insert: (request) => asUser((caller) => google.insertEvent(caller, request)),
  read: (request) => asUser((caller) => google.readEvent(caller, request)),
  update: (request) => asUser((caller) => google.updateEvent(caller, request)),
  delete: (request) => asUser((caller) => google.deleteEvent(caller, request)),
  move: (request) => asUser((caller) => google.moveEvent(caller, request)),
});

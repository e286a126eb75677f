/** The stores in memory, with the semantics of the real ones (test/contract holds both to one suite). */

import type { CalendarGenerations, CalendarRegistry, DueCalendars } from '../../shared/store/calendars.ts';
import type { ConnectionRegistry } from '../../shared/store/connections.ts';
import type { OAuthStates } from '../../shared/store/oauth-states.ts';
import type {
  AgendaReader,
  AppointmentStore,
  CalendarStore,
  ChannelStore,
  ConflictStore,
  ConnectionStore,
  DayReader,
  PendingReader,
  Quarantine,
  SeenStore,
} from '../../shared/sync/ports.ts';
import { memoryAppointments } from './memory/appointments.ts';
import { type Calendars, type Due, memoryCalendars } from './memory/calendars.ts';
import { memoryChannels } from './memory/channels.ts';
import { memoryConflicts } from './memory/conflicts.ts';
import { memoryConnections } from './memory/connections.ts';
import { memoryStates } from './memory/oauth-states.ts';
import { memoryQuarantine } from './memory/quarantine.ts';
import type { Conflicts } from './memory/revisioned.ts';
import { memorySeen } from './memory/seen-events.ts';

export type Stores = {
  appointments: AppointmentStore & AgendaReader & DayReader & PendingReader;
  calendars: CalendarStore & CalendarRegistry & CalendarGenerations & DueCalendars;
  channels: ChannelStore;
  conflicts: ConflictStore;
  connections: ConnectionStore & ConnectionRegistry;
  quarantine: Quarantine;
  seen: SeenStore;
  states: OAuthStates;
};

export const memoryStores = (): Stores => {
  const calendars: Calendars = new Map();
  const due: Due = new Map();
  const conflicts: Conflicts = new Map();
  return {
    appointments: memoryAppointments(conflicts),
    calendars: memoryCalendars(calendars, due),
    channels: memoryChannels(calendars, due),
    conflicts: memoryConflicts(conflicts),
    connections: memoryConnections(),
    quarantine: memoryQuarantine(),
    seen: memorySeen(),
    states: memoryStates(),
  };
};

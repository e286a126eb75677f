/** The stores in memory, with the semantics of the real ones (test/contract holds both to one suite). */

import type { Appointment } from '../../shared/domain/appointment.ts';
import type {
  AgendaReader,
  AppointmentLister,
  AppointmentStore,
  CalendarStore,
  ChannelStore,
  ConflictStore,
  ConnectionStore,
  DayReader,
  PendingReader,
  Quarantine,
  SeenStore,
} from '../../shared/ports.ts';
import type { CalendarGenerations, CalendarRegistry, DueCalendars } from '../../shared/store/calendars.ts';
import type { ConnectionRegistry } from '../../shared/store/connections.ts';
import type { OAuthStates } from '../../shared/store/oauth-states.ts';
import { memoryAppointments } from './memory/appointments.ts';
import { type Calendars, type Due, memoryCalendars } from './memory/calendars.ts';
import { memoryChannels } from './memory/channels.ts';
import { memoryConflicts } from './memory/conflicts.ts';
import { memoryConnections } from './memory/connections.ts';
import { memoryStates } from './memory/oauth-states.ts';
import { memoryQuarantine } from './memory/quarantine.ts';
import type { Conflicts, Copy } from './memory/revisioned.ts';
import { memorySeen } from './memory/seen-events.ts';

export type Stores = {
  appointments: AppointmentStore & AppointmentLister & AgendaReader & DayReader & PendingReader;
  calendars: CalendarStore & CalendarRegistry & CalendarGenerations & DueCalendars;
  channels: ChannelStore;
  conflicts: ConflictStore;
  connections: ConnectionStore & ConnectionRegistry;
  quarantine: Quarantine;
  seen: SeenStore;
  states: OAuthStates;
};

/** `calendars`, `due`: to look at from outside. `indexed`: see memory/appointments.ts. */
export type Memory = { copy?: Copy; calendars?: Calendars; due?: Due; indexed?: Map<string, Appointment> };

export const memoryStores = ({ copy, calendars = new Map(), due = new Map(), indexed }: Memory = {}): Stores => {
  const conflicts: Conflicts = new Map();
  return {
    appointments: memoryAppointments(conflicts, copy, indexed),
    calendars: memoryCalendars(calendars, due, copy),
    channels: memoryChannels(calendars, due, copy),
    conflicts: memoryConflicts(conflicts, copy),
    connections: memoryConnections(copy),
    quarantine: memoryQuarantine(),
    seen: memorySeen(),
    states: memoryStates(),
  };
};

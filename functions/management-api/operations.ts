/** Each route in words: what it takes, what it answers, and which refusals a client should be ready for. */
import type * as z from 'zod/mini';
import { adminOperations } from './operations-admin.ts';
import type { ProblemSlug } from './problem.ts';
import type { RouteName } from './route-table.ts';
import * as appointments from './schemas/appointments.ts';
import * as calendars from './schemas/calendars.ts';
import * as conflicts from './schemas/conflicts.ts';
import * as connecting from './schemas/connecting.ts';
import { healthReply } from './schemas/health.ts';
import { openApiReply } from './schemas/openapi.ts';
import { settings } from './schemas/settings.ts';
import * as sync from './schemas/sync.ts';

export type Operation = {
  summary: string;
  path?: z.ZodMiniObject;
  query?: z.ZodMiniType;
  headers?: z.ZodMiniObject;
  body?: z.ZodMiniType;
  /** Whether there may be no body at all. */
  bodyOptional?: true;
  /** `status` of a reply that tells of success, 200 unless it is another. */
  status?: 200 | 201 | 202;
  reply: z.ZodMiniType;
  replyHeaders?: z.ZodMiniObject;
  /** When it may send a browser elsewhere instead. */
  redirects?: string;
  /** Those of its own: what any route may answer is in openapi-responses.ts. */
  problems?: ProblemSlug[];
};

const one = {
  path: appointments.appointmentPath,
  reply: appointments.appointment,
  replyHeaders: appointments.appointmentHeaders,
};

export const operations = {
  connect: {
    summary: 'Where to send the user so that Google can ask for consent',
    query: connecting.connectQuery,
    reply: connecting.connectReply,
  },
  disconnect: {
    summary: 'End the connection; appointments stay. Repeating it does no harm',
    body: connecting.disconnectBody,
    bodyOptional: true,
    reply: connecting.disconnectReply,
    problems: ['not-connected'],
  },
  callback: {
    summary: 'Where Google sends the user back to; not called by clients',
    query: connecting.callbackQuery,
    reply: connecting.callbackReply,
    redirects: 'To the page that was asked for, with `connected` or `error` in its query',
    problems: [
      'consent-state-invalid',
      'consent-refused',
      'consent-incomplete',
      'other-account',
      'google-unavailable',
      'conflict',
    ],
  },
  status: { summary: 'How the sync stands', reply: sync.statusReply },
  enable: { summary: 'Switch real-time sync on', reply: sync.statusReply, problems: ['not-connected'] },
  disable: { summary: 'Switch real-time sync off', reply: sync.statusReply, problems: ['not-connected'] },
  appointments: {
    summary: 'Appointments that overlap a span of time, in order of start',
    query: appointments.appointmentsQuery,
    reply: appointments.appointmentsReply,
  },
  createAppointment: {
    summary: 'Book an appointment',
    headers: appointments.idempotencyHeaders,
    body: appointments.newAppointment,
    status: 201,
    reply: appointments.appointment,
    replyHeaders: appointments.createdHeaders,
    problems: ['double-booking', 'idempotency-key-reused'],
  },
  appointment: { summary: 'One appointment', ...one, problems: ['not-found'] },
  editAppointment: {
    summary: 'Change parts of an appointment',
    ...one,
    headers: appointments.versionHeaders,
    body: appointments.appointmentEdit,
    problems: ['not-found', 'version-mismatch', 'double-booking', 'appointment-cancelled', 'read-only'],
  },
  cancelAppointment: {
    summary: 'Cancel an appointment; its record stays',
    ...one,
    headers: appointments.versionHeaders,
    problems: ['not-found', 'version-mismatch', 'read-only'],
  },
  conflicts: {
    summary: 'The review queue, the newest first',
    query: conflicts.conflictsQuery,
    reply: conflicts.conflictsReply,
  },
  conflict: {
    summary: 'One review item, with what each choice would lead to',
    path: conflicts.conflictPath,
    reply: conflicts.conflict,
    problems: ['not-found'],
  },
  resolveConflict: {
    summary: 'Decide a review item',
    path: conflicts.conflictPath,
    body: conflicts.decision,
    reply: conflicts.conflict,
    problems: ['not-found', 'stale-decision', 'already-decided', 'choice-refused', 'double-booking'],
  },
  undoConflict: {
    summary: 'Take a decision back',
    path: conflicts.conflictPath,
    reply: conflicts.conflict,
    problems: ['not-found', 'undo-refused', 'double-booking'],
  },
  calendars: { summary: 'The calendars of the connection', reply: calendars.calendarsReply },
  chooseCalendar: {
    summary: 'Switch a calendar on or off, and say whether it takes the bookings',
    path: calendars.calendarPath,
    body: calendars.calendarSwitches,
    reply: calendars.calendar,
    problems: ['not-found', 'bookings-calendar-needed', 'read-only'],
  },
  settings: { summary: 'The settings of the connection, or what they would be', reply: settings },
  changeSettings: {
    summary: 'Replace the settings of the connection',
    body: settings,
    reply: settings,
    problems: ['not-connected'],
  },
  pushExisting: {
    summary: 'Have bookings that were there before the calendar was connected go to Google as well',
    status: 202,
    reply: sync.pushExistingReply,
    problems: ['not-connected', 'no-bookings-calendar'],
  },
  syncLogs: {
    summary: 'What the sync has done to appointments, the newest first',
    query: sync.syncLogsQuery,
    reply: sync.syncLogsReply,
  },
  sync: {
    summary: 'Sync every calendar now; the status says when it is done',
    status: 202,
    reply: sync.syncReply,
    problems: ['not-connected'],
  },
  renewWebhooks: {
    summary: 'Replace the channels that Google notifies by with new ones; the status shows them',
    status: 202,
    reply: sync.renewWebhooksReply,
    problems: ['not-connected'],
  },
  compare: {
    summary: 'Count, without a write, where both sides differ; what does is then mended',
    status: 202,
    reply: sync.compareReply,
    problems: ['not-connected'],
  },
  health: {
    summary: 'How well the sync does, why, and what to do about it',
    reply: healthReply,
    problems: ['not-connected'],
  },
  ...adminOperations,
  openapi: { summary: 'This description', reply: openApiReply },
} satisfies Record<RouteName, Operation>;

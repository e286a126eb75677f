/** How the sync stands, what it has done, and what a user can have it do. */
import * as z from 'zod';
import { conflictPolicies } from '../../../shared/domain/settings.ts';
import { calendarStates } from '../../../shared/health/standing.ts';
import { appointment, ownedFields } from './appointments.ts';
import { pageCursor, pageSize } from './wire-values.ts';

export const syncLogsQuery = z.strictObject({ limit: pageSize(200, 50), cursor: pageCursor });

const settlement = z.strictObject({
  policy: z.enum([...conflictPolicies, 'person']),
  theirs: z.union([z.literal('gone'), ownedFields]).describe('What Google had'),
  chosen: z
    .partialRecord(
      z.enum(['title', 'location', 'notes', 'times', 'status']),
      z.enum(['google', 'bookedbarber', 'merged']),
    )
    .describe('Whose value each disputed part has now'),
});

export const syncLogEntry = z.strictObject({
  id: z.string(),
  at: z.iso.datetime(),
  appointmentId: z.string(),
  version: z.int(),
  action: z.string().describe('create, update, restore, cancel, park-appointment, …'),
  actor: z.enum(['google', 'user']).describe('Who changed it'),
  chainId: z.string().describe('Ties together what one notification, request or sweep has caused'),
  calendar: z.strictObject({ calendarId: z.string(), eventId: z.string() }).optional(),
  settled: settlement.describe('How a difference between both sides was settled').optional(),
  before: appointment.optional(),
  after: appointment,
});

export const syncLogsReply = z.strictObject({ items: z.array(syncLogEntry), nextCursor: z.string().optional() });

export const syncReply = z.strictObject({ id: z.string().describe('The chainId of what this sync changes') });

const renewalMeaning = [
  'renewing: a new channel takes the place of the old one.',
  'recent: one was asked for less than a minute ago.',
  'unwatchable: Google has said that it sends no notifications for this calendar; it is asked again, once a minute at most.',
  'off: the calendar or real-time sync is switched off.',
].join(' ');

export const renewWebhooksReply = z.strictObject({
  id: z.string().describe('The chainId of what this renewal causes'),
  calendars: z.array(
    z.strictObject({
      calendarId: z.string(),
      state: z.enum(['renewing', 'recent', 'unwatchable', 'off']).describe(renewalMeaning),
    }),
  ),
});

export const compareReply = z.strictObject({ id: z.string().describe('The chainId of what follows') });

export const pushExistingReply = z.strictObject({
  marked: z.int().describe('How many bookings will go to Google'),
  more: z.boolean().describe('Whether there are more of them: the same request goes on'),
});

export const sweepReply = z.strictObject({ hints: z.int().describe('How many calendars were due') });

const drift = z.strictObject({
  at: z.iso.datetime(),
  compared: z.int().describe('Appointments and events that were looked at'),
  differing: z.int().describe('Those that said something else on the other side, without a known reason'),
  partial: z.boolean().describe('Whether time ran out before all had been looked at'),
});

const calendarStatus = z.strictObject({
  calendarId: z.string(),
  summary: z.string(),
  role: z.enum(['bookings', 'blocks']),
  enabled: z.boolean(),
  state: z.enum(calendarStates).describe('polled: without a channel; degraded: the last sync failed'),
  reason: z.string().describe('Why it is degraded, or disabled by no choice of anyone’s').optional(),
  initialSyncComplete: z.boolean(),
  quarantined: z.int().describe('Events that are set aside because they cannot be read'),
  openConflicts: z.int().describe('Review items that wait for a person'),
  channel: z
    .strictObject({ id: z.string(), state: z.enum(['creating', 'active']), expiresAt: z.iso.datetime() })
    .optional(),
  lastNotificationAt: z.iso.datetime().optional(),
  lastSyncAt: z.iso.datetime().optional(),
  cursorAgeSeconds: z.int().min(0).describe('Since the last complete sync began').optional(),
  queueAgeSeconds: z
    .int()
    .min(0)
    .describe(
      'Age of the oldest thing known to wait: a change to push, a sync that fails, a listing under way; 0: none',
    ),
  drift: drift.describe('What the last comparison of both sides found; it writes nothing').optional(),
  writesPausedUntil: z.iso.datetime().describe('Google takes no writes until then; reading goes on').optional(),
});

export const statusReply = z.strictObject({
  realTimeSync: z.enum(['enabled', 'disabled']),
  connection: z.strictObject({
    state: z.enum(['connected', 'needs_reauth', 'disconnected']),
    account: z.string().optional(),
    since: z.iso.datetime().describe('When it came to be in this state').optional(),
    reason: z
      .enum(['testing_period', 'time_limit', 'session_control', 'revoked'])
      .describe('Why the consent has ended')
      .optional(),
    message: z.string().describe('What its owner should know, and the next step').optional(),
  }),
  calendars: z.array(calendarStatus),
  /** The last sync that was asked for. */
  manualSync: z
    .strictObject({ id: z.string(), requestedAt: z.iso.datetime(), state: z.enum(['running', 'done']) })
    .optional(),
});

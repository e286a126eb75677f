/** How the sync stands, what it has done, and what a user can have it do. */
import * as z from 'zod/mini';
import { writeReasons } from '../../../shared/domain/appointment.ts';
import { conflictPolicies } from '../../../shared/domain/settings.ts';
import { calendarStates } from '../../../shared/health/standing.ts';
import { appointment, ownedFields } from './appointments.ts';
import { pageCursor, pageSize } from './wire-values.ts';

export const syncLogsQuery = z.strictObject({ limit: pageSize(200, 50), cursor: pageCursor });

const settlement = z.strictObject({
  policy: z.enum([...conflictPolicies, 'person']),
  theirs: z.union([z.literal('gone'), ownedFields]).check(z.describe('What Google had')),
  chosen: z
    .partialRecord(
      z.enum(['title', 'location', 'notes', 'times', 'status']),
      z.enum(['google', 'bookedbarber', 'merged']),
    )
    .check(z.describe('Whose value each disputed part has now')),
});

export const syncLogEntry = z.strictObject({
  id: z.string(),
  at: z.iso.datetime(),
  appointmentId: z.string(),
  version: z.int(),
  action: z.enum(writeReasons).check(z.describe('What became of a change in Google, or what a person has asked for')),
  actor: z.enum(['google', 'user']).check(z.describe('Who changed it')),
  chainId: z.string().check(z.describe('Ties together what one notification, request or sweep has caused')),
  calendar: z.optional(z.strictObject({ calendarId: z.string(), eventId: z.string() })),
  settled: z.optional(settlement.check(z.describe('How a difference between both sides was settled'))),
  before: z.optional(appointment),
  after: appointment,
});

export const syncLogsReply = z.strictObject({ items: z.array(syncLogEntry), nextCursor: z.optional(z.string()) });

export const syncReply = z.strictObject({ id: z.string().check(z.describe('The chainId of what this sync changes')) });

const renewalMeaning = [
  'renewing: a new channel takes the place of the old one.',
  'recent: one was asked for less than a minute ago.',
  'unwatchable: Google has said that it sends no notifications for this calendar; it is asked again, once a minute at most.',
  'off: the calendar or real-time sync is switched off.',
].join(' ');

export const renewWebhooksReply = z.strictObject({
  id: z.string().check(z.describe('The chainId of what this renewal causes')),
  calendars: z.array(
    z.strictObject({
      calendarId: z.string(),
      state: z.enum(['renewing', 'recent', 'unwatchable', 'off']).check(z.describe(renewalMeaning)),
    }),
  ),
});

export const compareReply = z.strictObject({ id: z.string().check(z.describe('The chainId of what follows')) });

export const pushExistingReply = z.strictObject({
  marked: z.int().check(z.describe('How many bookings will go to Google')),
  more: z.boolean().check(z.describe('Whether there are more of them: the same request goes on')),
});

export const sweepReply = z.strictObject({ hints: z.int().check(z.describe('How many calendars were due')) });

const drift = z.strictObject({
  at: z.iso.datetime(),
  compared: z.int().check(z.describe('Appointments and events that were looked at')),
  differing: z.int().check(z.describe('Those that said something else on the other side, without a known reason')),
  partial: z.boolean().check(z.describe('Whether time ran out before all had been looked at')),
});

export const calendarStatus = z.strictObject({
  calendarId: z.string(),
  summary: z.string(),
  role: z.enum(['bookings', 'blocks']),
  enabled: z.boolean(),
  state: z
    .enum(calendarStates)
    .check(z.describe('polled: no channel is wanted, or Google gives none; degraded: the last sync failed')),
  reason: z.optional(z.string().check(z.describe('Why it is degraded, or disabled by no choice of anyone’s'))),
  initialSyncComplete: z.boolean(),
  quarantined: z.int().check(z.describe('Events that are set aside because they cannot be read')),
  openConflicts: z.int().check(z.describe('Review items that wait for a person')),
  channel: z.optional(
    z.strictObject({ id: z.string(), state: z.enum(['creating', 'active']), expiresAt: z.iso.datetime() }),
  ),
  lastNotificationAt: z.optional(z.iso.datetime()),
  lastSyncAt: z.optional(z.iso.datetime()),
  cursorAgeSeconds: z.optional(z.int().check(z.minimum(0), z.describe('Since the last complete sync began'))),
  queueAgeSeconds: z
    .int()
    .check(
      z.minimum(0),
      z.describe(
        'Age of the oldest thing known to wait: a change to push, a sync that fails, a listing under way; 0: none',
      ),
    ),
  drift: z.optional(drift.check(z.describe('What the last comparison of both sides found; it writes nothing'))),
  writesPausedUntil: z.optional(
    z.iso.datetime().check(z.describe('Google takes no writes until then; reading goes on')),
  ),
});

export const statusReply = z.strictObject({
  realTimeSync: z.enum(['enabled', 'disabled']),
  connection: z.strictObject({
    state: z.enum(['connected', 'needs_reauth', 'disconnected']),
    account: z.optional(z.string()),
    since: z.optional(z.iso.datetime().check(z.describe('When it came to be in this state'))),
    reason: z.optional(
      z
        .enum(['testing_period', 'time_limit', 'session_control', 'revoked'])
        .check(z.describe('Why the consent has ended')),
    ),
    message: z.optional(z.string().check(z.describe('What its owner should know, and the next step'))),
  }),
  calendars: z.array(calendarStatus),
  /** The last sync that was asked for. */
  manualSync: z.optional(
    z.strictObject({ id: z.string(), requestedAt: z.iso.datetime(), state: z.enum(['running', 'done']) }),
  ),
});

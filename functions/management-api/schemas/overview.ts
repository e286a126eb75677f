/** The fleet in numbers, for those who run it. Never a token, an event or a client. */
import * as z from 'zod/mini';
import { calendarStates } from '../../../shared/health/standing.ts';
import { recommendation, score } from './health.ts';

const counts = <T extends readonly [string, ...string[]]>(names: T) => z.partialRecord(z.enum(names), z.int());

const worstCalendar = z.strictObject({
  calendarId: z.string(),
  summary: z.string(),
  userId: z.string(),
  score,
  reason: z.string().check(z.describe('What costs the most')),
  recommendation: z.optional(recommendation.check(z.describe('What its user is told to do'))),
});

export const overviewReply = z.strictObject({
  at: z.iso.datetime(),
  partial: z
    .boolean()
    .check(z.describe('The fleet is larger than what was looked at: 250 calendars of each of 8 shards')),
  calendars: z.strictObject({
    total: z.int().check(z.describe('Those that are switched on')),
    byState: counts(calendarStates),
    due: z.int().check(z.describe('Those that the sweep must look at now')),
  }),
  channels: counts(['active', 'creating', 'expired', 'missing', 'unwatchable', 'off']).check(
    z.describe('Calendars by how their channel stands; off: real-time sync is; missing, expired: there shall be one'),
  ),
  connections: counts(['connected', 'needs_reauth']),
  trouble: z.record(z.string(), z.int()).check(z.describe('Calendars whose last sync failed, by reason')),
  drift: z
    .strictObject({
      compared: z.int(),
      differing: z.int(),
      calendarsDiffering: z.int(),
      calendarsNotCompared: z.int(),
    })
    .check(z.describe('The last comparison of each calendar, summed up')),
  queue: z.strictObject({
    waiting: z.int(),
    inFlight: z.int(),
    oldestWaitSeconds: z.int().check(z.describe('Since when the oldest sync fails, or listing is incomplete; 0: none')),
  }),
  deadLetters: z.int(),
  worst: z.array(worstCalendar).check(z.maxLength(10), z.describe('The lowest scores first; none when all are well')),
});

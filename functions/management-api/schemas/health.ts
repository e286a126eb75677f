/** How well the sync does: a score, what it is made of, and what to do about it. */
import * as z from 'zod/mini';
import { partNames } from '../../../shared/health/parts.ts';
import { steps } from '../../../shared/health/recommendations.ts';

export const score = z.int().check(z.minimum(0), z.maximum(100));

export const recommendation = z.strictObject({ step: z.enum(steps), text: z.string() });

const partMeaning = [
  'coverage: whether changes are notified by a channel, or found by polling only.',
  'errorRate: the share of the last 20 syncs that did not fail, or less while they fail in a row.',
  'responseTime: from the last notification to the start of the run that finished the answer to it.',
  'successRate: what came through, by the number of events set aside, open review items and a pause of writing.',
  'freshness: the age of the last complete sync, or how many differed when both sides were last compared.',
].join(' ');

const part = z.strictObject({
  name: z.enum(partNames).check(z.describe(partMeaning)),
  value: z.union([score, z.literal('unknown')]).check(z.describe('100 is best; unknown is left out of the score')),
  weight: z.int().check(z.describe('Its share of the score when every part is known')),
  reason: z.string(),
  recommendation: z.optional(recommendation.check(z.describe('There unless the value is 100 or unknown'))),
});

const calendarHealth = z.strictObject({
  calendarId: z.string(),
  summary: z.string(),
  score,
  reason: z.string().check(z.describe('What costs the most')),
  recommendation: z.optional(recommendation.check(z.describe('Of what stops the sync altogether'))),
  parts: z.array(part).check(z.describe('None when the sync is stopped')),
});

export const healthReply = z.strictObject({
  score: score.check(z.describe('That of the worst calendar')),
  reason: z.string(),
  worstCalendarId: z.optional(z.string()),
  recommendations: z
    .array(recommendation)
    .check(z.describe('Those of the worst calendar first; none when all is well')),
  calendars: z.array(calendarHealth),
});

/** How well the sync does: a score, what it is made of, and what to do about it. */
import * as z from 'zod';
import { partNames } from '../../../shared/health/parts.ts';
import { steps } from '../../../shared/health/recommendations.ts';

export const score = z.int().min(0).max(100);

export const recommendation = z.strictObject({ step: z.enum(steps), text: z.string() });

const partMeaning = [
  'coverage: whether changes are notified by a channel, or found by polling only.',
  'errorRate: the share of the last 20 syncs that did not fail, or less while they fail in a row.',
  'responseTime: from the last notification to the start of the run that finished the answer to it.',
  'successRate: what came through, by the number of events set aside, open review items and a pause of writing.',
  'freshness: the age of the last complete sync, or how many differed when both sides were last compared.',
].join(' ');

const part = z.strictObject({
  name: z.enum(partNames).describe(partMeaning),
  value: z.union([score, z.literal('unknown')]).describe('100 is best; unknown is left out of the score'),
  weight: z.int().describe('Its share of the score when every part is known'),
  reason: z.string(),
  recommendation: recommendation.describe('There unless the value is 100 or unknown').optional(),
});

const calendarHealth = z.strictObject({
  calendarId: z.string(),
  summary: z.string(),
  score,
  reason: z.string().describe('What costs the most'),
  recommendation: recommendation.describe('Of what stops the sync altogether').optional(),
  parts: z.array(part).describe('None when the sync is stopped'),
});

export const healthReply = z.strictObject({
  score: score.describe('That of the worst calendar'),
  reason: z.string(),
  worstCalendarId: z.string().optional(),
  recommendations: z.array(recommendation).describe('Those of the worst calendar first; none when all is well'),
  calendars: z.array(calendarHealth),
});

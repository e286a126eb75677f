/** The review queue: its items, what each choice would lead to, and what a person decides. */
import * as z from 'zod';
import { appointmentEdit, clash, ownedFields } from './appointments.ts';
import { pageCursor, pageSize } from './wire-values.ts';

const statuses = ['open', 'resolved', 'agreed'] as const;
const favoured = z.enum(['google', 'bookedbarber']);
const choice = z.enum(['google', 'bookedbarber', 'merged']);

export const conflictsQuery = z.strictObject({
  status: z.enum(statuses).optional(),
  limit: pageSize(50, 20),
  cursor: pageCursor,
});

const suggestion = z.strictObject({
  choice: favoured,
  confidence: z.number().min(0).max(1).describe('0 is a toss-up'),
  reasons: z.array(
    z.strictObject({
      factor: z.enum(['later_edit', 'lead_time', 'client_impact', 'overlap', 'habit']),
      favours: favoured,
      weight: z.number().min(0).max(1),
      text: z.string(),
    }),
  ),
});

const gone = z.literal('gone').describe('There is no such appointment (any more)');
const side = z.union([gone, ownedFields]);
const sideInBrief = z.union([gone, ownedFields.pick({ title: true, start: true, end: true })]);

const common = z.strictObject({
  id: z.string(),
  kind: z
    .enum(['fields', 'deleted_in_google', 'deleted_in_bookedbarber', 'overlap', 'mass_change'])
    .describe('An overlap is applied already; what a mass change would change is held'),
  status: z.enum(statuses).describe('agreed: both sides came to the same by themselves'),
  severity: z.enum(['low', 'medium', 'high', 'critical']),
  ageSeconds: z.int().min(0),
  openedAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  appointmentId: z.string().describe('Of a mass change the first one'),
  suggestion: suggestion.describe('While it is open').optional(),
  resolution: z.strictObject({ choice, at: z.iso.datetime() }).optional(),
});

export const conflictInBrief = common.extend({
  ours: sideInBrief.describe('In BookedBarber; of an overlap: before the change'),
  theirs: sideInBrief.describe('In Google'),
});

export const conflictsReply = z.strictObject({
  items: z.array(conflictInBrief),
  nextCursor: z.string().optional(),
  counts: z
    .strictObject({
      open: z.int(),
      automatic: z.int().describe('Closed without a person. What a policy settles at once is in the sync log only'),
      manual: z.int().describe('Closed by a person'),
    })
    .describe('Of all review items, whichever are asked for'),
});

const outcome = z.strictObject({ appointment: side, event: side });
const seen = z
  .strictObject({ ours: z.string().min(1).max(64), theirs: z.string().min(1).max(64) })
  .describe('Names what is shown here; a decision holds only for that');

export const conflict = common.extend({
  ours: side.describe('In BookedBarber; of an overlap: before the change'),
  theirs: side.describe('In Google'),
  disputed: z
    .array(z.enum(['title', 'location', 'notes', 'times']))
    .describe('What is decided: the parts that both sides have changed. All else stays, whichever way it goes')
    .optional(),
  base: ownedFields.describe('What both sides last agreed on').optional(),
  other: ownedFields.extend({ appointmentId: z.string() }).describe('Of an overlap: what it overlaps with').optional(),
  held: z
    .strictObject({ total: z.int(), items: z.array(clash).describe('The first 100') })
    .describe('Of a mass change: what is held')
    .optional(),
  outcomes: z
    .strictObject({ google: outcome.optional(), bookedbarber: outcome.optional() })
    .describe('What each choice would lead to while it is open; one that is missing would be refused')
    .optional(),
  seen: seen.optional(),
});

export const conflictPath = z.strictObject({ id: z.string() });

const values = appointmentEdit.pick({
  title: true,
  start: true,
  end: true,
  timeZone: true,
  allDay: true,
  location: true,
  notes: true,
});

export const decision = z
  .strictObject({
    choice: choice.describe('Of a mass change: google releases it, bookedbarber discards it'),
    values: values.describe('With merged: what it shall say; what is left out stays as it is here').exactOptional(),
    seen,
    allowOverlap: z.boolean().describe('Decide so even if the time is taken').default(false),
  })
  .refine(({ choice, values }) => (choice === 'merged') === (values !== undefined), {
    path: ['values'],
    error: 'Goes with the choice "merged", and only with that',
  });

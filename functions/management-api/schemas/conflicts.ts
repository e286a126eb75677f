/** The review queue: its items, what each choice would lead to, and what a person decides. */
import * as z from 'zod/mini';
import { appointmentEdit, clash, ownedFields } from './appointments.ts';
import { filled, pageCursor, pageSize } from './wire-values.ts';

const statuses = ['open', 'resolved', 'agreed'] as const;
const favoured = z.enum(['google', 'bookedbarber']);
const choice = z.enum(['google', 'bookedbarber', 'merged']);

export const conflictsQuery = z.strictObject({
  status: z.optional(z.enum(statuses)),
  limit: pageSize(50, 20),
  cursor: pageCursor,
});

const suggestion = z.strictObject({
  choice: favoured,
  confidence: z.number().check(z.minimum(0), z.maximum(1), z.describe('0 is a toss-up')),
  reasons: z.array(
    z.strictObject({
      factor: z.enum(['later_edit', 'lead_time', 'client_impact', 'overlap', 'habit']),
      favours: favoured,
      weight: z.number().check(z.minimum(0), z.maximum(1)),
      text: z.string(),
    }),
  ),
});

const gone = z.literal('gone').check(z.describe('There is no such appointment (any more)'));
const side = z.union([gone, ownedFields]);
const sideInBrief = z.union([gone, z.pick(ownedFields, { title: true, start: true, end: true })]);

const common = z.strictObject({
  id: z.string(),
  kind: z
    .enum(['fields', 'deleted_in_google', 'deleted_in_bookedbarber', 'overlap', 'mass_change'])
    .check(z.describe('An overlap is applied already; what a mass change would change is held')),
  status: z.enum(statuses).check(z.describe('agreed: both sides came to the same by themselves')),
  severity: z.enum(['low', 'medium', 'high', 'critical']),
  ageSeconds: z.int().check(z.minimum(0)),
  openedAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  appointmentId: z.string().check(z.describe('Of a mass change the first one')),
  suggestion: z.optional(suggestion.check(z.describe('While it is open'))),
  resolution: z.optional(z.strictObject({ choice, at: z.iso.datetime() })),
});

export const conflictInBrief = z.extend(common, {
  ours: sideInBrief.check(z.describe('In BookedBarber; of an overlap: before the change')),
  theirs: sideInBrief.check(z.describe('In Google')),
});

export const conflictsReply = z.strictObject({
  items: z.array(conflictInBrief),
  nextCursor: z.optional(z.string()),
  counts: z
    .strictObject({
      open: z.int(),
      automatic: z
        .int()
        .check(z.describe('Closed without a person. What a policy settles at once is in the sync log only')),
      manual: z.int().check(z.describe('Closed by a person')),
    })
    .check(z.describe('Of all review items, whichever are asked for')),
});

const outcome = z.strictObject({ appointment: side, event: side });
const seen = z
  .strictObject({ ours: filled(64), theirs: filled(64) })
  .check(z.describe('Names what is shown here; a decision holds only for that'));

export const conflict = z.extend(common, {
  ours: side.check(z.describe('In BookedBarber; of an overlap: before the change')),
  theirs: side.check(z.describe('In Google')),
  disputed: z.optional(
    z
      .array(z.enum(['title', 'location', 'notes', 'times']))
      .check(
        z.describe('What is decided: the parts that both sides have changed. All else stays, whichever way it goes'),
      ),
  ),
  base: z.optional(ownedFields.check(z.describe('What both sides last agreed on'))),
  other: z.optional(
    z.extend(ownedFields, { appointmentId: z.string() }).check(z.describe('Of an overlap: what it overlaps with')),
  ),
  held: z.optional(
    z
      .strictObject({ total: z.int(), items: z.array(clash).check(z.describe('The first 100')) })
      .check(z.describe('Of a mass change: what is held')),
  ),
  outcomes: z.optional(
    z
      .strictObject({ google: z.optional(outcome), bookedbarber: z.optional(outcome) })
      .check(z.describe('What each choice would lead to while it is open; one that is missing would be refused')),
  ),
  seen: z.optional(seen),
});

export const conflictPath = z.strictObject({ id: z.string() });

const values = z.pick(appointmentEdit, {
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
    choice: choice.check(z.describe('Of a mass change: google releases it, bookedbarber discards it')),
    values: z.exactOptional(
      values.check(z.describe('With merged: what it shall say; what is left out stays as it is here')),
    ),
    seen,
    allowOverlap: z._default(z.boolean().check(z.describe('Decide so even if the time is taken')), false),
  })
  .check(
    z.refine(({ choice, values }) => (choice === 'merged') === (values !== undefined), {
      path: ['values'],
      error: 'Goes with the choice "merged", and only with that',
    }),
  );

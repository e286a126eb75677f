/** Both sides have changed since they last agreed: what the policy settles, and what a person must. */
import type { Appointment, OwnedFields, Settlement, SideState } from '../domain/appointment.ts';
import type { CalendarEvent } from '../domain/calendar-event.ts';
import type { Instant } from '../domain/instant.ts';
import { differing, sameFields, sameSide } from './compare.ts';
import type { Decision, Disputed, WithEvent } from './decision.ts';
import { hasNow, mayBeOurDeletion } from './dispute.ts';
import { mergeFields, type Rule, type Side, settle } from './merge.ts';
import type { Context } from './sides.ts';

export const merge = (found: WithEvent, agreed: OwnedFields | undefined, context: Context): Decision => {
  const { appointment, event, translated } = found;
  const { fields } = appointment;
  if (sameFields(fields, translated.fields)) return noteIfNews(found);
  if (preferenceOf(appointment) === 'bookedbarber')
    return { kind: 'push', ...found, settled: preferred(appointment, translated.fields) };
  const base = agreed ?? fields;
  const rule = ruleFor(appointment, context, seenAt(event, context.now));
  const merged = mergeFields({ base, ours: fields, theirs: translated.fields }, rule);
  if (merged.disputed.length > 0) return dispute('fields', found, translated.fields, rule.theirsAt);
  const settled = { policy: policyOf(appointment, rule), theirs: translated.fields, chosen: merged.chosen };
  return { kind: 'merge', ...found, merged, settled };
};

/** Deleted in Google, changed here. Kept by a person while our own deletion was under way, no policy may answer for them. */
export const lostThere = (appointment: Appointment, found: { event?: CalendarEvent }, context: Context): Decision => {
  const rule = ruleFor(appointment, context, context.now);
  const winner = mayBeOurDeletion(appointment, found)
    ? undefined
    : (preferenceOf(appointment) ?? settle('status', rule));
  if (winner === undefined) return dispute('deleted_in_google', { appointment, ...found }, 'gone', rule.theirsAt);
  const settled: Settlement = { policy: policyOf(appointment, rule), theirs: 'gone', chosen: { status: winner } };
  return winner === 'google'
    ? { kind: 'cancel', appointment, ...found, settled }
    : { kind: 'recreate', appointment, settled };
};

/** Cancelled here, changed in Google. */
export const lostHere = (found: WithEvent, context: Context): Decision => {
  const { appointment, event, translated } = found;
  const rule = ruleFor(appointment, context, seenAt(event, context.now));
  const winner = preferenceOf(appointment) ?? settle('status', rule);
  if (winner === undefined) return dispute('deleted_in_bookedbarber', found, translated.fields, rule.theirsAt);
  const theirs = translated.fields;
  const settled: Settlement = { policy: policyOf(appointment, rule), theirs, chosen: { status: winner } };
  return { kind: winner === 'google' ? 'restore' : 'push', ...found, settled };
};

const dispute = (
  about: Disputed['about'],
  { appointment, event, base, told }: Pick<Disputed, 'appointment' | 'event' | 'base' | 'told'>,
  theirs: SideState,
  theirsAt: Instant,
): Decision => {
  const seen = { ...(event && { event }), ...(base && { base }), ...(told && { told }) };
  return { kind: 'conflict', appointment, about, theirs, theirsAt, ...seen };
};

const ruleFor = (appointment: Appointment, { settings }: Context, theirsAt: Instant): Rule => ({
  policy: preferenceOf(appointment) === 'google' ? 'google_wins' : settings.conflictPolicy,
  oursAt: (part) => appointment.edits?.[part] ?? appointment.updatedAt,
  theirsAt,
});

/** Whose side a person has said wins. That Google's may was said of what was here then, not of what was edited since [R2]. */
const preferenceOf = ({ sync, edits = {} }: Appointment): Side | undefined => {
  if (sync.state !== 'pending') return undefined;
  return sync.prefer === 'google' && Object.keys(edits).length > 0 ? undefined : sync.prefer;
};

/**
 * When a change in Google was made: by the time we first see it at the latest, and by `updated`, which also moves for
 * reasons that are no edits.
 */
const seenAt = ({ updated }: CalendarEvent, now: Instant): Instant => (updated < now ? updated : now);

const policyOf = (appointment: Appointment, { policy }: Rule): Settlement['policy'] =>
  preferenceOf(appointment) === undefined ? policy : 'person';

const preferred = ({ fields }: Appointment, theirs: OwnedFields): Settlement => ({
  policy: 'person',
  theirs,
  chosen: Object.fromEntries(differing(fields, theirs).map((group) => [group, 'bookedbarber'])),
});

/** It stays as it is; but whoever decides it for Google's side must be left with the event as it is by then [R5]. */
export const noteInReview = (
  appointment: Appointment,
  { event, base, told }: { event?: CalendarEvent; base?: OwnedFields | undefined; told?: SideState },
): Decision => {
  const { sync, link, base: known } = appointment;
  const isNews = event !== undefined && event.etag !== link?.observed?.etag;
  const isTold = sync.state === 'conflict' && !sameSide(hasNow(sync), told ?? sync.theirs);
  if (!isNews && !isTold) return { kind: 'nothing' };
  const inReview = known && base ? { base } : {};
  return { kind: 'note', appointment, inReview, ...(event && { event }), ...(told && { told }) };
};

/**
 * A version that we do not know yet is remembered, or a late worker could bring an older one back over it; and so is that
 * a difference, or what could not be read, is no more: what comes after is a change of what both say now.
 */
export const noteIfNews = ({
  appointment,
  event,
  told,
}: Pick<Disputed, 'appointment' | 'event' | 'told'>): Decision => {
  const { link, sync, base } = appointment;
  const isNewer = event !== undefined && (link?.observed === undefined || event.etag !== link.observed.etag);
  const isOver = base !== undefined || sync.state === 'quarantined';
  if (!isNewer && !isOver) return { kind: 'nothing' };
  return { kind: 'note', appointment, ...(event && { event }), ...(told && { told }) };
};

/**
 * Both sides have changed since they last agreed: what comes of it, part by part. Pure, and blind to which side is which
 * but for the policies that name one.
 */
import type { FieldGroup, OwnedFields } from '../domain/appointment.ts';
import type { Instant } from '../domain/instant.ts';
import type { ConflictPolicy } from '../domain/settings.ts';
import { fieldGroups, isSame } from './compare.ts';

export type Sides = { base: OwnedFields; ours: OwnedFields; theirs: OwnedFields };

/** How a part that both sides changed is settled: by a named side, or by which change came later. */
export type Rule = { policy: ConflictPolicy; oursAt: (part: Part) => Instant; theirsAt: Instant };

/** `status`: one side has deleted what the other has changed. */
export type Part = FieldGroup | 'status';

export type Side = 'google' | 'bookedbarber';

export type Merged = {
  /** Of a disputed part, ours: it stays as it is until a person decides. */
  fields: OwnedFields;
  /** The parts that both sides had changed, and whose value each has now. */
  chosen: Partial<Record<FieldGroup, Side>>;
  /** The parts that a person must decide on. */
  disputed: FieldGroup[];
  /** Whose the times are. */
  timesFrom: Side;
};

export const mergeFields = (sides: Sides, rule: Rule): Merged => {
  const verdicts: Record<FieldGroup, Verdict> = {
    title: judge('title', sides, rule),
    location: judge('location', sides, rule),
    notes: judge('notes', sides, rule),
    times: judge('times', sides, rule),
  };
  const settled = fieldGroups.filter((group) => verdicts[group].rival && verdicts[group].winner !== undefined);
  return {
    fields: combine((group) => (verdicts[group].winner === 'google' ? sides.theirs : sides.ours)),
    chosen: Object.fromEntries(settled.map((group) => [group, verdicts[group].winner])),
    disputed: fieldGroups.filter((group) => verdicts[group].winner === undefined),
    timesFrom: verdicts.times.winner ?? 'bookedbarber',
  };
};

/** `rival`: both had changed it, to different things. Without a `winner` a person decides. */
type Verdict = { winner: Side | undefined; rival: boolean };

const judge = (group: FieldGroup, { base, ours, theirs }: Sides, rule: Rule): Verdict => {
  if (isSame(group, ours, theirs)) return { winner: 'bookedbarber', rival: false };
  if (rule.policy === 'manual') return { winner: undefined, rival: true }; // Even combining is for a person to do.
  if (isSame(group, base, ours)) return { winner: 'google', rival: false };
  if (isSame(group, base, theirs)) return { winner: 'bookedbarber', rival: false };
  return { winner: settle(group, rule), rival: true };
};

/** Whose word holds where both have changed this part; undefined when only a person may say. */
export const settle = (part: Part, { policy, oursAt, theirsAt }: Rule): Side | undefined => {
  const later: Side = theirsAt > oursAt(part) ? 'google' : 'bookedbarber';
  switch (policy) {
    case 'google_wins':
      return 'google';
    case 'bookedbarber_wins':
      return 'bookedbarber';
    case 'latest_wins':
      return later;
    case 'merge':
      return part === 'times' || part === 'status' ? undefined : later; // Whichever time won, a client might come in vain.
    case 'manual':
      return undefined;
  }
};

/** The fields, each part taken from one side or the other. */
export const combine = (source: (group: FieldGroup) => OwnedFields): OwnedFields => {
  const { allDay, start, end, timeZone } = source('times');
  const { location } = source('location');
  const { notes } = source('notes');
  return {
    title: source('title').title,
    ...(location !== undefined && { location }),
    ...(notes !== undefined && { notes }),
    allDay,
    start,
    end,
    timeZone,
  };
};

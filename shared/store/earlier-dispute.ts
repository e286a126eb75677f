/** Disputes of schema 1, in which a fingerprint named what Google had. Pure. */
import { fingerprintOf } from '../decision/compare.ts';
import type { Appointment, SideState } from '../domain/appointment.ts';
import type { ConflictId } from '../domain/ids.ts';

type Named = { state: 'conflict'; conflictId: ConflictId; theirs: string };
type Earlier = Omit<Appointment, 'sync'> & { sync: Exclude<Appointment['sync'], { state: 'conflict' }> | Named };

/** Where neither side bears that name, Google counts as being told, so that whatever is decided next asks it first. */
export const withGooglesSide = (earlier: Earlier): Appointment => {
  const { sync, base, fields, link, ...rest } = earlier;
  if (sync.state !== 'conflict') return { ...earlier, sync };
  const agreed = base ?? fields;
  const sides: SideState[] = ['gone', agreed, fields];
  const named = sides.find((side) => fingerprintOf(side) === sync.theirs);
  const sent = named === undefined ? { fields: agreed, footer: link?.footer ?? '' } : undefined;
  return {
    ...rest,
    fields,
    ...(base && { base }),
    ...(link && { link: { ...(sent && { sent }), ...link } }),
    sync: { state: 'conflict', conflictId: sync.conflictId, theirs: named ?? agreed },
  };
};

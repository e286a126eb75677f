/** What counts as a difference between both sides. Each group has one canonical form; equal forms say the same. */
import { hash } from 'node:crypto';
import type { FieldGroup, OwnedFields, SideState } from '../domain/appointment.ts';
import { second } from '../domain/instant.ts';
import { normaliseText } from './normalise-text.ts';
import { canonicalZone } from './time-zone.ts';

const canonicalForms: Record<FieldGroup, (fields: OwnedFields) => string> = {
  title: ({ title }) => normaliseText(title),
  location: ({ location }) => normaliseText(location ?? ''),
  notes: ({ notes }) => normaliseText(notes ?? ''),
  times: (fields) => (fields.allDay ? days(fields) : moments(fields)),
};

export const fieldGroups = Object.keys(canonicalForms) as readonly FieldGroup[];

export const isSame = (group: FieldGroup, a: OwnedFields, b: OwnedFields): boolean =>
  canonicalForms[group](a) === canonicalForms[group](b);

export const differing = (a: OwnedFields, b: OwnedFields): FieldGroup[] =>
  fieldGroups.filter((group) => !isSame(group, a, b));

export const sameFields = (a: OwnedFields, b: OwnedFields): boolean =>
  fieldGroups.every((group) => isSame(group, a, b));

/** Names what a side says: equal for two that say the same, whatever Google has rewritten in between. */
export const fingerprintOf = (side: SideState): string => {
  if (side === 'gone') return 'gone';
  const forms = fieldGroups.map((group) => canonicalForms[group](side));
  return hash('sha256', JSON.stringify(forms), 'buffer').subarray(0, 12).toString('base64url');
};

export const sameSide = (a: SideState, b: SideState): boolean => fingerprintOf(a) === fingerprintOf(b);

/** A civil day is the same day in every zone [F56]. */
const days = ({ start, end }: OwnedFields): string => `${start}/${end}`;

const moments = ({ start, end, timeZone }: OwnedFields): string =>
  `${wholeSecond(start)}/${wholeSecond(end)} ${canonicalZone(timeZone) ?? timeZone}`;

/** Google drops milliseconds [F54]. */
const wholeSecond = (time: string): number => Math.floor(Date.parse(time) / second);

/** [R2][R12] From the audit log alone: what has become of every edit. Each function names what it cannot explain. */
import { presentAppointment } from '../../functions/management-api/present-appointment.ts';
import { baseOf } from '../../shared/decision/base.ts';
import type { Appointment, OwnedFields } from '../../shared/domain/appointment.ts';
import type { SyncEvent } from '../../shared/domain/sync-event.ts';
import type { Shown } from './both-sides.ts';
import type { Edits, Part, Parts, TheirEdit } from './random-people.ts';

/** `log`: of each appointment its entries, the oldest first. `disputed`: what Google has, as open review items say. */
export type Books = {
  log: ReadonlyMap<string, SyncEvent[]>;
  disputed: { appointmentId: string; theirs: Said | 'gone' }[];
};

type Said = Pick<OwnedFields, 'title' | 'start'> & { location?: string | undefined; notes?: string | undefined };

/** Versions without a gap, each beginning where the one before ended, the last of them being how things are. */
export const gapsIn = ({ log }: Books, appointments: Shown[]): string[] =>
  appointments.flatMap((appointment) => {
    const entries = log.get(appointment.id) ?? [];
    const images = entries.map(({ after }) => visible(presentAppointment(after)));
    const broken = entries.filter(({ version, before }, index) => {
      return version !== index + 1 || (before && visible(presentAppointment(before))) !== images[index - 1];
    });
    const gaps = broken.map(({ version }) => `${appointment.id}:${version} does not follow from the version before`);
    return images.at(-1) === visible(appointment) ? gaps : [...gaps, `${appointment.id} is not as its log leaves it`];
  });

/** How it stands with its event is no part of a version: those books are kept in between. */
const visible = ({ sync: _sync, calendar: _calendar, ...shown }: Shown): string =>
  JSON.stringify(Object.entries(shown).sort());

const isOver = (entry: SyncEvent | undefined): boolean =>
  entry?.provenance.actor === 'google' && entry.after.status === 'cancelled';

/** Each edit of ours is an entry of its user's, under a chain of its own; what it says stands until it is rightly taken away. */
export const unexplainedOfOurs = ({ ours }: Edits, { log }: Books): string[] => {
  const chains = new Set<string>();
  return ours.flatMap(({ id, version, parts }) => {
    const entries = log.get(id) ?? [];
    const entry = entries.find((one) => one.version === version);
    const name = `ours ${id}:${version} ${JSON.stringify(parts)}`;
    if (parts.status === 'gone' && isOver(entry)) return []; // Cancelling what Google has just cancelled changes nothing.
    if (entry?.provenance.actor !== 'user' || chains.has(entry.provenance.chainId)) return [`${name} is not on record`];
    chains.add(entry.provenance.chainId);
    return partsOf(parts).flatMap((part) => {
      if (!says(part, entry.after, parts)) return [`${name}: its record has another ${part}`];
      const taking = entries.find((one) => one.version > version && !says(part, one.after, parts));
      return taking === undefined || isRightful(taking, part, parts) ? [] : [`${name}: ${part} ${lostTo(taking)}`];
    });
  });
};

/** By an edit of the user's, by a settlement that names the part, or by a change of what Google had heard of. */
const isRightful = ({ provenance, before }: SyncEvent, part: Part, parts: Parts): boolean => {
  if (provenance.actor === 'user' || provenance.settled?.chosen[part] === 'google') return true;
  return before !== undefined && hasSaid(part, baseOf(before) ?? 'gone', parts);
};

const lostTo = ({ version, provenance, before }: SyncEvent): string =>
  `is lost to ${version}: ${JSON.stringify({ ...provenance, before })}`;

/** Of the last edit of each part in Google: it was applied, or is named by the settlement that it lost by, or is in review. */
export const unexplainedOfTheirs = ({ theirs }: Edits, books: Books): string[] =>
  [...Map.groupBy(theirs, ({ eventId }) => eventId)].flatMap(([eventId, edits]) =>
    [...lastWords(edits)]
      .filter(([part, parts]) => !isExplained(eventId, part, parts, books))
      .map(([part, parts]) => `theirs ${eventId}: ${part} of ${JSON.stringify(parts)} is lost`),
  );

/** After a deletion nothing counts that was said before. */
const lastWords = (edits: TheirEdit[]): Map<Part, Parts> => {
  const words = new Map<Part, Parts>();
  for (const { parts } of edits) {
    if (parts.status === 'gone') words.clear();
    for (const part of partsOf(parts)) words.set(part, parts);
  }
  return words;
};

const isExplained = (eventId: string, part: Part, parts: Parts, { log, disputed }: Books): boolean => {
  const entries = [...log.values()].find((one) => one.some(({ after }) => after.link?.eventId === eventId)) ?? [];
  const isOnRecord = entries.some(({ after, provenance: { settled } }) => {
    const isNamed = settled !== undefined && settled.chosen[part] !== 'google' && hasSaid(part, settled.theirs, parts);
    return says(part, after, parts) || isNamed;
  });
  const id = entries[0]?.appointmentId;
  if (id === undefined) return part === 'status'; // Made and deleted between two listings: it was never to be seen.
  return isOnRecord || disputed.some((one) => one.appointmentId === id && hasSaid(part, one.theirs, parts));
};

const partsOf = (parts: Parts): Part[] => Object.keys(parts) as Part[];

const says = (part: Part, { status, fields }: Appointment, parts: Parts): boolean =>
  part === 'status' ? status === 'cancelled' : hasSaid(part, fields, parts);

const hasSaid = (part: Part, said: Said | 'gone', parts: Parts): boolean => {
  if (part === 'status' || said === 'gone') return part === 'status' && said === 'gone';
  return part === 'times' ? Date.parse(said.start) === parts.times : said[part] === parts[part];
};

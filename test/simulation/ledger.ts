/**
 * Every edit that a person makes, on either side, and what has become of it. Every value is used once, so that a value names
 * its edit. Shares no code with the system: what counts as seen, overwritten or settled is worked out here anew.
 */
import type { Appointment, SideState } from '../../shared/domain/appointment.ts';
import type { Conflict } from '../../shared/domain/conflict.ts';
import type { SyncEvent } from '../../shared/domain/sync-event.ts';
import { openLines, plain, withoutOwnLines } from './own-lines.ts';

export type Part = 'title' | 'place' | 'notes' | 'times';
export const parts: readonly Part[] = ['title', 'place', 'notes', 'times'];
/** What a side says of an appointment or event; `notes`: without our own lines (own-lines.ts); `times`: when it begins and ends, epoch milliseconds, and its zone. */
export type Said = Partial<Record<Part, string>>;
export type Side = 'ours' | 'google';

export type Edit = { entity: string; part: Part; value: string; over: string | undefined; side: Side; at: number };
/** `nth`: of all that is told here, for what happens in the same moment. */
export type Deletion = { entity: string; side: Side; at: number; nth: number; over: Said; place?: string | undefined };

export const saidHere = ({ fields, startsAt, endsAt }: Pick<Appointment, 'fields' | 'startsAt' | 'endsAt'>): Said => ({
  ...fieldsSaid(fields),
  ...(!fields.allDay && { times: moments(startsAt, endsAt, fields.timeZone) }),
});

export const fieldsSaid = ({ title, location, notes, allDay, start, end, timeZone }: Appointment['fields']): Said => ({
  title: plain(title),
  ...(location !== undefined && { place: plain(location) }),
  ...notesSaid(notes),
  times: allDay ? days(start, end) : moments(start, end, timeZone),
});

const moments = (start: string, end: string, timeZone: string): string =>
  `${Date.parse(start)}/${Date.parse(end)} ${zoneOf(timeZone)}`;

/** A civil day is the same day in every zone. */
const days = (start: string, end: string): string => `${start}/${end}`;

const zones = new Map<string, string>();

/** Of the names that a zone has, one. */
const zoneOf = (timeZone: string): string => {
  const known = zones.get(timeZone) ?? new Intl.DateTimeFormat('en', { timeZone }).resolvedOptions().timeZone;
  zones.set(timeZone, known);
  return known;
};

/** Of a foreign event; others are bookings'. */
export const isForeign = (entity: string): boolean => entity.startsWith('event:');

type GoogleEvent = {
  id: string;
  status?: string;
  summary?: unknown;
  location?: unknown;
  description?: unknown;
  start: { dateTime?: string; date?: string; timeZone?: string };
  end: { dateTime?: string; date?: string };
};

/** Google's events have a zone, be it the calendar's, unless they take whole days. */
export const saidThere = ({ summary, location, description, start, end }: GoogleEvent): Said => ({
  title: plain(String(summary ?? '')),
  ...(location !== undefined && { place: plain(String(location)) }),
  ...notesSaid(description),
  times:
    start.dateTime === undefined || end.dateTime === undefined
      ? days(start.date ?? '', end.date ?? '')
      : moments(start.dateTime, end.dateTime, start.timeZone ?? 'UTC'),
});

const notesSaid = (text: unknown): Said => {
  const notes = text === undefined ? undefined : withoutOwnLines(String(text));
  return notes === undefined ? {} : { notes };
};

/** `heardAt`: since when it is here as well. */
type Revival = { side: Side; at: number; nth: number; isContested: boolean; heardAt?: number };

export type Ledger = ReturnType<typeof openLedger>;

export const openLedger = () => {
  const edits: Edit[] = [];
  const deletions: Deletion[] = [];
  /** Values that somebody saw and changed, or saw and deleted. */
  const overwritten = new Set<string>();
  /** What a value was written over: its ancestor. */
  const ancestors = new Map<string, string>();
  /** Values that were before whoever settled a difference, by a rule or in person, and did not win. */
  const lost = new Set<string>();
  /** Of each entity, those that lost by the last decision of a person: it may be taken back. */
  const lostInPerson = new Map<string, string[]>();
  const lostDeletions: Pick<Deletion, 'entity' | 'side' | 'at'>[] = [];
  /** By `<item> <entity>`: what the side showed that a person has decided against. */
  const decidedAgainst = new Map<string, string[]>();
  /** What each open review item shows of an entity, by `<item> <entity>`. */
  const reviewed = new Map<string, Set<string>>();
  /** Put back by a person: whoever had seen it before has not seen that. */
  const saidAgain = new Set<string>();
  const created = new Set<string>();
  /** Somebody has brought it back. */
  const revived = new Map<string, Revival[]>();
  let told = 0;
  const nextNth = (): number => {
    told += 1;
    return told;
  };
  const revivalsOf = (entity: string): Revival[] => revived.get(entity) ?? [];
  /** Foreign events that people have moved to another calendar. */
  const moved = new Set<string>();

  const left = new Map<string, number>();

  const keyOf = (entity: string, part: Part | 'status', value: string): string => `${entity}|${part}|${value}`;

  const valuesOf = (entity: string, said: Said): string[] =>
    parts.flatMap((part) => {
      const value = said[part];
      return value === undefined ? [] : [keyOf(entity, part, value)];
    });

  const saw = (entity: string, said: Said): void => {
    for (const one of valuesOf(entity, said)) overwritten.add(one);
  };

  return {
    lines: openLines(),
    edits,
    deletions,
    created,
    edited(side: Side, entity: string, before: Said | undefined, after: Said, at: number): void {
      if (before === undefined) created.add(entity);
      for (const part of parts) {
        const [over, value] = [before?.[part], after[part]];
        if (value === over) continue;
        if (over !== undefined) overwritten.add(keyOf(entity, part, over));
        if (value === undefined) continue;
        edits.push({ entity, part, value, over, side, at });
        if (over !== undefined) ancestors.set(keyOf(entity, part, value), over);
      }
    },
    /** `place`: the calendar in which it was. */
    deleted(side: Side, entity: string, { over, place }: Pick<Deletion, 'over' | 'place'>, at: number): void {
      deletions.push({ entity, side, at, nth: nextNth(), over, place });
      saw(entity, over);
    },
    /** A block that shall take no time as long as its calendar is not synced; it comes back with it as it is there. */
    released: saw,
    /** `isContested`: our deletion was still under way, so that either may hold. */
    restored: (side: Side, entity: string, at: number, isContested = false): void =>
      void revived.set(entity, [...revivalsOf(entity), { side, at, nth: nextNth(), isContested }]),
    restorationSeen(entity: string, heardAt: number): void {
      const heard = revivalsOf(entity).map((by) => (by.side === 'google' ? { ...by, heardAt } : by));
      revived.set(entity, heard);
    },
    /** As that side has said them, one after the other. */
    titlesOf: (entity: string, side: Side): string[] =>
      edits
        .filter((one) => one.entity === entity && one.part === 'title' && one.side === side)
        .map(({ value }) => value),
    movedForeign: (entity: string): void => void moved.add(entity),
    /** Its calendar is none of the user's account any more: what Google said of it until then is nobody's concern. */
    leftBehind(entity: string, at: number): void {
      left.set(entity, at);
      revived.set(
        entity,
        revivalsOf(entity).filter(({ side, heardAt }) => side !== 'google' || heardAt !== undefined),
      );
    },
    isLeftBehind: ({ entity, side, at }: Pick<Edit, 'entity' | 'side' | 'at'>): boolean =>
      at <= (left.get(entity) ?? 0) && (side === 'google' || isForeign(entity)),
    isLeft: (entity: string): boolean => left.has(entity),
    isMoved: (entity: string): boolean => moved.has(entity),
    /**
     * Whoever brings it back here need not know that it is deleted in Google as well; whoever has cancelled here before a restoration
     * there was heard of has agreed to a deletion that was taken back.
     */
    isRevived: ({ entity, side, at, nth }: Deletion): boolean =>
      revivalsOf(entity).some((by) =>
        side === 'ours' ? (by.heardAt ?? by.at) >= at : by.side === 'google' && by.nth > nth,
      ),
    isContested: (entity: string): boolean => revivalsOf(entity).at(-1)?.isContested ?? false,
    hasDeletionLost: ({ entity, side, at }: Deletion): boolean =>
      lostDeletions.some((one) => one.entity === entity && one.side === side && one.at >= at),
    hasLost(entity: string, part: Part, value: string): boolean {
      const key = keyOf(entity, part, value);
      return lost.has(key) || [...decidedAgainst.values()].some((values) => values.includes(key));
    },
    isInReview: (entity: string, part: Part | 'status', value: string): boolean =>
      [...reviewed.values()].some((values) => values.has(keyOf(entity, part, value))),
    /** A person has decided about both sides: what the one that lost said has been seen. */
    decided: (entity: string, before: Said, after: Said): void => {
      for (const part of parts) {
        const [over, value] = [before[part], after[part]];
        if (over !== undefined && value !== over) overwritten.add(keyOf(entity, part, over));
        if (value !== undefined && value !== over) saidAgain.add(keyOf(entity, part, value));
      }
    },
    /** `held`: what the appointment says, where the item has many. */
    conflictSaved(entity: string, { id, status, ours, theirs, kind, resolution }: Conflict, held?: Said): void {
      const key = `${id} ${entity}`;
      reviewed.delete(key);
      decidedAgainst.delete(key);
      if (status === 'resolved') {
        const loser = resolution?.choice === 'google' ? ours : theirs;
        decidedAgainst.set(key, loser === 'gone' ? [] : valuesOf(entity, fieldsSaid(loser)));
      }
      if (status !== 'open') return;
      const sides: SideState[] = held === undefined ? [ours, theirs] : [theirs];
      const shown = sides.map((side) => (side === 'gone' ? {} : fieldsSaid(side)));
      const values = [...shown, held ?? {}].flatMap((said) => valuesOf(entity, said));
      if (kind !== 'overlap' && sides.includes('gone')) values.push(keyOf(entity, 'status', 'gone'));
      reviewed.set(key, new Set(values));
    },
    /** Whoever has settled it had both before them. */
    settled(entity: string, { provenance: { settled }, before, after }: SyncEvent, at: number): void {
      if (settled === undefined || before === undefined) return;
      const { chosen, policy } = settled;
      const theirs = settled.theirs === 'gone' ? undefined : fieldsSaid(settled.theirs);
      const ours = before.status === 'cancelled' ? undefined : saidHere(before);
      const losers: string[] = [];
      if (chosen.status !== undefined) {
        const [loser, side] = chosen.status === 'google' ? [ours, 'ours' as const] : [theirs, 'google' as const];
        if (loser === undefined && (ours ?? theirs) !== undefined) lostDeletions.push({ entity, side, at });
        if (loser !== undefined) losers.push(...valuesOf(entity, loser));
        const isWantedAgain = (ours ?? theirs) === undefined && after.status === 'confirmed'; // As the item shows it.
        if (isWantedAgain) lostDeletions.push({ entity, side: 'ours', at }, { entity, side: 'google', at });
      }
      for (const [group, side] of Object.entries(chosen)) {
        const part = partOf[group];
        if (part === undefined) continue;
        const loser = { ...(side !== 'google' && theirs), ...(side !== 'bookedbarber' && ours) };
        const value = loser[part];
        if (value !== undefined) losers.push(keyOf(entity, part, value));
      }
      for (const one of losers) lost.add(one);
      const own = new Set(ours === undefined ? [] : valuesOf(entity, ours));
      const restorable = losers.filter((one) => own.has(one)); // What Google said may be overwritten there by now; it is on record.
      if (policy === 'person') lostInPerson.set(entity, restorable);
    },
    takenBack(entity: string): void {
      const losers = lostInPerson.get(entity) ?? [];
      for (const one of losers) lost.delete(one);
      lostInPerson.delete(entity);
    },
    /** Of many changes at once, a person wants none: ours is to be there again. */
    discarded: (entity: string, at: number): void => void lostDeletions.push({ entity, side: 'google', at }),
    isOverwritten: (entity: string, part: Part, value: string): boolean => overwritten.has(keyOf(entity, part, value)),
    /** Did whoever wrote `value` know of `other`? */
    knewOf(entity: string, part: Part, value: string, other: string): boolean {
      if (saidAgain.has(keyOf(entity, part, other))) return false;
      const passed = new Set<string>();
      for (let at: string | undefined = value; at !== undefined && !passed.has(at); ) {
        if (at === other) return true;
        passed.add(at);
        at = ancestors.get(keyOf(entity, part, at));
      }
      return false;
    },
  };
};

/** The part that each group of fields is, in the words of the product. */
export const partOf: Record<string, (typeof parts)[number]> = {
  title: 'title',
  location: 'place',
  notes: 'notes',
  times: 'times',
};

export const isVisiblyOther = (a: Appointment, b: Appointment): boolean =>
  a.status !== b.status || (!isTheVerySame(a, b) && differing(saidHere(a), saidHere(b)).length > 0);

/** As most writes leave it, which only keep the books. */
const isTheVerySame = (a: Appointment, b: Appointment): boolean =>
  a.fields === b.fields && a.startsAt === b.startsAt && a.endsAt === b.endsAt;

export const differing = (a: Said, b: Said): string[] =>
  parts.flatMap((part) => ((a[part] ?? '') === (b[part] ?? '') ? [] : [`${part}: ${a[part]} ≠ ${b[part]}`]));

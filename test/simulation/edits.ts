/**
 * [R2] What became of each edit: it is there, or was seen and overwritten, or lost to another by a rule or a person's decision
 * that had both before it, or waits in review. Each excuse is bound to the very value or moment, and counted.
 */
import { type Edit, isForeign, type Ledger } from './ledger.ts';
import type { People } from './people.ts';
import type { Fail, Final } from './rest.ts';
import type { System } from './system.ts';
import { count, type Sim } from './tasks.ts';

type Scene = { sim: Sim; ledger: Ledger; system: System; people: People };

export const editsOf = ({ sim, ledger, system, people }: Scene, fail: Fail) => {
  const excused = (why: string, isSo: boolean): boolean => {
    if (isSo) count(sim, `excused: ${why}`);
    return isSo;
  };

  /** Google has not noticed that the id of its event was used before, and so nobody has noticed the deletion. */
  const isUnnoticed = (entity: string): boolean =>
    [...system.store.appointments.values()].some(
      (one) => people.entityOf(one) === entity && system.google.reused.has(one.link?.eventId ?? ''),
    );

  const isDeletedLate = (entity: string): boolean =>
    [...system.store.appointments.values()].some(
      (one) => people.entityOf(one) === entity && system.google.deletedLate.has(one.link?.eventId ?? ''),
    );

  /** An event taken out of the bin after its booking got another: no two edits say the same, but for times. */
  const isTakenOver = (finals: ReadonlyMap<string, Final>, { entity, part, value }: Edit): boolean =>
    [...finals].some(
      ([name, { said }]) => (part !== 'times' || people.wasOf(name, entity)) && said.some((one) => one[part] === value),
    );

  const checkEdits = (finals: ReadonlyMap<string, Final>, own: ReadonlySet<string>): void => {
    for (const edit of ledger.edits) {
      const { entity, part, value, side } = edit;
      const final = finals.get(entity);
      if (!own.has(entity) || final?.said.some((said) => said[part] === value)) continue;
      if (ledger.isOverwritten(entity, part, value)) continue;
      if (excused('an edit of an event that is a block by now', isTakenOver(finals, edit))) continue;
      if (excused('an edit in an account that was left', ledger.isLeftBehind(edit))) continue;
      if (excused('an edit that has lost', ledger.hasLost(entity, part, value))) continue;
      if (excused('an edit that is in review', ledger.isInReview(entity, part, value))) continue;
      const now = JSON.stringify(final?.said);
      fail('R2', `${side}: ${part} of ${entity} said ${value}, and nobody knows what became of it; now ${now}`);
    }
  };

  const checkDeletions = (finals: ReadonlyMap<string, Final>, own: ReadonlySet<string>): void => {
    for (const deletion of ledger.deletions) {
      const { entity, side, place } = deletion;
      const final = finals.get(entity);
      if (!own.has(entity) || final === undefined || final.isGone) continue;
      if (excused('a deletion in an account that was left', ledger.isLeftBehind(deletion))) continue;
      if (excused('a deletion that a person took back', ledger.isRevived(deletion))) continue;
      if (excused('a deletion that has lost', ledger.hasDeletionLost(deletion))) continue;
      if (excused('a deletion that is in review', ledger.isInReview(entity, 'status', 'gone'))) continue;
      // A foreign event is another block in another calendar.
      const isElsewhere = ledger.isMoved(entity) && !final.places.has(place ?? '');
      if (excused('a deletion of what has moved away', isElsewhere)) continue;
      if (excused('a deletion that no listing tells', final.isLate)) continue;
      if (excused('a deletion under an id that was used again', isUnnoticed(entity))) continue;
      fail('R2', `${side}: ${entity} was deleted, and is there again`);
    }
  };

  const checkCreated = (finals: ReadonlyMap<string, Final>, own: ReadonlySet<string>): void => {
    for (const entity of ledger.created) {
      if (!own.has(entity) || !(finals.get(entity)?.isGone ?? true)) continue;
      if (excused('what was made in an account that was left', isForeign(entity) && ledger.isLeft(entity))) continue;
      const isWanted = ledger.deletions.some(
        (one) => one.entity === entity && !ledger.isRevived(one) && !ledger.hasDeletionLost(one),
      );
      if (excused('a restoration while our deletion was under way', !isWanted && ledger.isContested(entity))) continue;
      if (excused('a deletion that outlived its decision', !isWanted && isDeletedLate(entity))) continue;
      if (!isWanted) fail('R2', `${entity} is gone, and nobody has deleted it`);
    }
  };

  return (finals: ReadonlyMap<string, Final>, user: number): void => {
    const own = new Set([...finals.keys(), ...people.entitiesOf(user)]);
    checkEdits(finals, own);
    checkDeletions(finals, own);
    checkCreated(finals, own);
  };
};

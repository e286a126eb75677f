/** Dead letters in memory: one of a group at a time, and none while another of the group is held. */
import type { DeadLetter, DeadLetters, HeldLetter } from '../../../shared/queue/dead-letters.ts';

export type MemoryDeadLetters = DeadLetters & { put(letter: DeadLetter): void };

export const memoryDeadLetters = (): MemoryDeadLetters => {
  const letters: DeadLetter[] = [];
  const held = new Map<string, DeadLetter>();
  const isFirstOfFreeGroup = (letter: DeadLetter): boolean =>
    letters.find(({ calendarKey }) => calendarKey === letter.calendarKey) === letter &&
    ![...held.values()].some(({ calendarKey }) => calendarKey === letter.calendarKey);
  const hold = (letter: DeadLetter): HeldLetter => {
    letter.receiveCount += 1;
    const receipt = `${letter.id}:${letter.receiveCount}`;
    held.set(receipt, letter);
    return { ...letter, receipt };
  };
  const heldAs = ({ receipt }: HeldLetter): DeadLetter => {
    const letter = held.get(receipt);
    if (letter === undefined) throw new Error('The receipt is not good any more');
    held.delete(receipt);
    return letter;
  };
  return {
    put: (letter) => void letters.push({ ...letter }),
    async hold(atMost) {
      return letters.filter(isFirstOfFreeGroup).slice(0, Math.min(atMost, 10)).map(hold);
    },
    async show(letter) {
      heldAs(letter);
    },
    async remove(letter) {
      letters.splice(letters.indexOf(heldAs(letter)), 1);
    },
    async count() {
      return letters.length;
    },
  };
};

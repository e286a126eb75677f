/** What the review queue as a whole shows: how its items were closed, and what this barber tends to choose. */
import type { Conflict, ConflictKind } from '../domain/conflict.ts';
import type { Favoured } from './evidence.ts';

/** `automatic`: closed because both sides came to agree; `manual`: closed by a person. */
export type QueueCounts = Record<'open' | 'automatic' | 'manual', number>;

export const countsOf = (conflicts: Conflict[]): QueueCounts => {
  const having = (status: Conflict['status']) => conflicts.filter((conflict) => conflict.status === status).length;
  return { open: having('open'), automatic: having('agreed'), manual: having('resolved') };
};

/** How often the barber has chosen which side on items of this kind. */
export const historyOf = (conflicts: Conflict[], kind: ConflictKind): Record<Favoured, number> => {
  const choosing = (choice: Favoured) =>
    conflicts.filter((conflict) => conflict.kind === kind && conflict.resolution?.choice === choice).length;
  return { google: choosing('google'), bookedbarber: choosing('bookedbarber') };
};

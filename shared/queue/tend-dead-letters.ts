/** What a person does about dead letters: look at them, send them again, or throw them away. */
import type { ChainId } from '../domain/ids.ts';
import type { Log } from '../runtime/observability.ts';
import type { DeadLetter, DeadLetters, HeldLetter } from './dead-letters.ts';
import type { SyncQueue } from './sync-queue.ts';

export type TendDeps = { deadLetters: DeadLetters; queue: SyncQueue; log: Log };

/** `more`: there are letters that were not looked at, or that someone else is looking at. */
export type Listed = { letters: DeadLetter[]; more: boolean };
export type Tended = { ids: string[]; more: boolean };

/** All, unless some are named. */
type Choice = { ids?: string[] };

/** A request looks at no more than these [R11]. */
const mostLetters = 100;

export const listDeadLetters = async ({ deadLetters }: Pick<TendDeps, 'deadLetters'>): Promise<Listed> => {
  const { kept, more } = await goThrough(deadLetters, async () => false);
  return { letters: kept, more };
};

/** Sent, then removed: a crash in between only has the hint sent again, and a hint says nothing new twice. */
export const redrive = (deps: TendDeps, choice: Choice, chainId: ChainId): Promise<Tended> =>
  tend(deps.deadLetters, choice, async (letter) => {
    const { id, calendarKey, hint } = letter;
    if (hint === undefined) return false;
    // Fresh, or SQS would take it for a repeat of what was sent within the last five minutes.
    await deps.queue.send({ hint, deduplicationId: `redrive:${id}:${chainId}` });
    await deps.deadLetters.remove(letter);
    deps.log.info('A dead letter was redriven', { calendarKey, chainId: hint.chainId, reason: hint.reason });
    return true;
  });

/** What it was about stays in the table, or in Google, for the sweep. */
export const discard = (deps: Omit<TendDeps, 'queue'>, choice: Choice & { reason: string }): Promise<Tended> =>
  tend(deps.deadLetters, choice, async (letter) => {
    const { calendarKey, hint } = letter;
    const fields = { calendarKey, ...(hint && { chainId: hint.chainId }), reason: choice.reason };
    deps.log.info('A dead letter is discarded', fields); // Before it is gone: nothing goes without a word.
    await deps.deadLetters.remove(letter);
    return true;
  });

/** True once the letter is off the queue. */
type Act = (letter: HeldLetter) => Promise<boolean>;

const tend = async (deadLetters: DeadLetters, { ids }: Choice, act: Act): Promise<Tended> => {
  const chosen = ids && new Set(ids);
  const { gone, more } = await goThrough(deadLetters, async (letter) =>
    chosen === undefined || chosen.has(letter.id) ? act(letter) : false,
  );
  return { ids: gone.map(({ id }) => id), more };
};

/** A held letter locks its group, so each batch is acted on before the next is asked for. What stays is shown again. */
const goThrough = async (deadLetters: DeadLetters, act: Act) => {
  const held: HeldLetter[] = [];
  const gone = new Set<HeldLetter>();
  const kept = () => held.filter((letter) => !gone.has(letter));
  try {
    while (held.length < mostLetters) {
      const batch = await deadLetters.hold(mostLetters - held.length);
      if (batch.length === 0) break;
      held.push(...batch);
      for (const letter of batch) if (await act(letter)) gone.add(letter);
    }
    const more = (await deadLetters.count()) > kept().length;
    return { kept: kept(), gone: [...gone], more };
  } finally {
    // One that cannot be shown is back by itself when its time is up: no reason to fail what has been done.
    await Promise.allSettled(kept().map((letter) => deadLetters.show(letter)));
  }
};

/** A person's requests to our API, as processes that may die like any other. */
import type { Appointment } from '../../../shared/domain/appointment.ts';
import { asId, type UserId } from '../../../shared/domain/ids.ts';
import { emailOf, otherEmailOf, userIdOf } from '../accounts.ts';
import type { Operation } from '../operations.ts';
import type { System } from '../system.ts';
import { count, note } from '../tasks.ts';
import type { Hand } from './hand.ts';

export type Stamp = {
  now: Appointment['updatedAt'];
  chainId: Appointment['provenance']['chainId'];
  userId: UserId;
};
type Begun = ReturnType<System['begin']>;

export type Requests = ReturnType<typeof requestsIn>;

export const requestsIn = ({ sim, system }: Pick<Hand, 'sim' | 'system'>) => {
  const { kernel } = sim;
  const request = (
    operation: Operation,
    act: (deps: ReturnType<typeof requestDeps>, stamp: Stamp) => Promise<unknown>,
    attempts = 1,
  ): void => {
    const again = (why: unknown): void => {
      note(sim, 'person', () => `request failed: ${why}`);
      system.log.error('A request failed', why);
      if (operation.kind === 'disconnect')
        system.leftInTrouble([emailOf(operation.user), otherEmailOf(operation.user)]);
      if (attempts > 1) kernel.after(900, () => request(operation, act, attempts - 1));
    };
    const task = system.begin('person', 'person', () => again('no answer'));
    const stamp = {
      now: system.nowOf(task),
      chainId: asId<Stamp['chainId']>(`request-${operation.nth}`),
      userId: userIdOf(operation.user),
    };
    act(requestDeps(task), stamp).then(
      (outcome) => {
        const { kind, because } = (outcome ?? {}) as { kind?: string; because?: string };
        if (kind !== undefined) count(sim, `${operation.kind}: ${kind}${because === undefined ? '' : ` ${because}`}`);
      },
      (error) => {
        if (!task.dead) again(error);
      },
    );
  };

  const requestDeps = (task: Begun) => ({
    ...system.syncDepsOf(task),
    ...system.storesOf(task),
    ...system.leavingOf(task),
    task,
  });

  return { request, requestDeps };
};

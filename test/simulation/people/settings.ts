/** What users choose: who wins, and what of their bookings Google is told. */
import { changeSettings } from '../../../shared/connections/change-settings.ts';
import { defaultSettings, type Settings, type Shared } from '../../../shared/domain/settings.ts';
import type { Operation } from '../operations.ts';
import { count } from '../tasks.ts';
import type { Acts, Hand } from './hand.ts';
import type { Requests } from './requests.ts';

/** A faint heart is none of what is looked for here. */
const triesAtMost = 1_000;

export const settingsOf = ({ sim, knobs }: Hand, { request }: Requests): Acts<'policy' | 'share'> => {
  /** Those who are choosing: one thing at a time, and again until it is done. */
  const choosing = new Set<number>();
  const choose = (operation: Operation, changed: (settings: Settings) => Partial<Settings>): void => {
    const { user } = operation;
    if (choosing.has(user)) return;
    choosing.add(user);
    let chosen: Partial<Settings> | undefined;
    request(
      operation,
      async (deps, stamp) => {
        const { settings = defaultSettings } = (await deps.connections.load(stamp.userId)) ?? {};
        chosen ??= changed(settings);
        const outcome = await changeSettings(deps, stamp.userId, { ...settings, ...chosen }, stamp);
        if (outcome === 'not-connected') throw new Error('Nobody is connected yet');
        count(sim, `settings chosen: ${Object.keys(chosen)}`);
        choosing.delete(user);
        return undefined;
      },
      triesAtMost,
    );
  };

  return {
    policy: (operation) => {
      const conflictPolicy = (['merge', 'google_wins', 'bookedbarber_wins', 'latest_wins', 'manual'] as const)[
        Math.floor(operation.pick * 5)
      ];
      if (conflictPolicy === undefined) return;
      if (knobs.detailed) return choose(operation, () => ({ conflictPolicy }));
      request(operation, async (deps, stamp) => {
        const connection = await deps.connections.load(stamp.userId);
        if (connection !== undefined)
          await deps.connections.saveSettings(connection, { ...knobs.settings, conflictPolicy });
      });
    },
    /** From the beginning what the seed has it share, and later one part more or less. */
    share: (operation) =>
      choose(operation, ({ shared }) => ({
        shared: operation.pick < 0 ? knobs.settings.shared : resharedBy(operation, shared),
      })),
  };
};

const resharedBy = ({ pick }: Operation, shared: Shared): Shared => {
  const parts = ['price', 'clientContact', 'service', 'clientName'] as const;
  const part = parts[Math.floor(pick * 977) % parts.length] ?? 'price';
  return { ...shared, [part]: !shared[part] };
};

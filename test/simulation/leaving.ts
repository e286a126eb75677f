/** What has become of the channels of accounts that are left, as far as those who left them could see to it. */
import type { Google } from './google.ts';
import type { Client } from './mutants.ts';
import type { Sim } from './tasks.ts';

/** `graceMs`: a request lives so long, and stops what was there when it began. */
type Setting = { sim: Sim; google: Google; graceMs: number };

export const leavingIn = ({ sim: { kernel }, google, graceMs }: Setting) => {
  /**
   * Channels whose maker has never heard that they exist, those that somebody has tried to stop in vain, and those that were
   * made while their account was being left: whoever leaves it stops what was there when the request began. `graceless`: of
   * an account whose grant had died by then.
   */
  const handled = {
    unheard: new Set<string>(),
    unstopped: new Set<string>(),
    crossed: new Set<string>(),
    graceless: new Set<string>(),
  };
  /** Somebody was cut off while leaving an account, or it went without some of what there was to do. */
  const leftInTrouble = (emails: string[]): void => {
    for (const { id, email } of Object.values(google.world.state.channels))
      if (emails.includes(email)) handled.unstopped.add(id);
  };
  const watchedAt = new Map<string, number>();
  const noteLeaving = (deadAccount: string | undefined): void => {
    for (const { id, email } of Object.values(google.world.state.channels))
      if (email === deadAccount) handled.graceless.add(id);
    for (const [id, at] of watchedAt) if (kernel.now() - at < graceMs) handled.crossed.add(id);
  };

  /** What is asked of Google about channels, and whether the answer has reached whoever asked. */
  const heeding = (client: Client): Client => ({
    ...client,
    async watch(caller, request) {
      handled.unheard.add(request.channelId);
      const answer = await client.watch(caller, request);
      watchedAt.set(request.channelId, kernel.now());
      return answer;
    },
    async stop(caller, channel) {
      handled.unstopped.add(channel.id);
      const answer = await client.stop(caller, channel);
      handled.unstopped.delete(channel.id);
      return answer;
    },
  });

  return { handled, leftInTrouble, noteLeaving, heeding };
};

/** Is there anything to do for this hint? Answered from the calendar's state, before any call to Google. */
import { planChannel } from '../channels/renewal-plan.ts';
import type { Calendar } from '../domain/calendar.ts';
import { type Instant, plusMs, second } from '../domain/instant.ts';
import type { Hint } from '../queue/hint.ts';

/** Everything but `sync` is acknowledged: the hint has nothing to say (any more). */
export type Admission = 'sync' | 'retired' | 'old-connection' | 'push-off' | 'covered';

/** A hint, when it was sent, and now. */
export type Arrival = { hint: Hint; sentAt: Instant; now: Instant };

/** The clocks of SQS and Lambda are taken to be within a second of each other (`design.md` §9). */
const clockMarginMs = 1 * second;

export const admit = (calendar: Calendar, { hint, sentAt, now }: Arrival): Admission => {
  if (!calendar.enabled) return 'retired';
  if (hint.connectGeneration !== undefined && hint.connectGeneration !== calendar.connectGeneration) {
    return 'old-connection';
  }
  if (hint.reason === 'notification' && !calendar.realTimeSync) return 'push-off';
  if (isCovered(calendar, sentAt) && isChannelSettled(calendar, hint, now)) return 'covered';
  return 'sync';
};

/** A pull says nothing about channels: neither that there is one, nor that no other one fires [R7]. */
const isChannelSettled = (calendar: Calendar, hint: Hint, now: Instant): boolean =>
  ['keep', 'nothing'].includes(planChannel(calendar, now)) &&
  (hint.channel === undefined || hint.channel.id === calendar.channel?.id);

/** A complete sync began after the hint was sent, so it has seen what the hint is about. */
const isCovered = ({ checkpoint, coveredBefore }: Calendar, sentAt: Instant): boolean =>
  checkpoint === undefined && coveredBefore !== undefined && plusMs(sentAt, clockMarginMs) < coveredBefore;

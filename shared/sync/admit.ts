/** Is there anything to do for this hint, and now? Answered from the calendar's state, before any call to Google. */
import { planChannel } from '../channels/renewal-plan.ts';
import type { Calendar } from '../domain/calendar.ts';
import { clockMarginMs, epochMsOf, type Instant, plusMs } from '../domain/instant.ts';
import type { Hint } from '../queue/hint.ts';
import { isComparable } from '../schedule/comparison-plan.ts';

/** `acknowledged`: there is nothing to do for the hint. `deferred`: the calendar was synced just now. */
export type Admission =
  | { kind: 'sync' }
  /** Nothing is listed: only what is pending is pushed. */
  | { kind: 'push' }
  /** Nothing is written: both sides are compared. */
  | { kind: 'compare' }
  /** The calendar is switched off, and leaves things behind. */
  | { kind: 'close' }
  /** A listing has covered it, and yet a channel fires that is not the calendar's current one. */
  | { kind: 'stray' }
  | {
      kind: 'acknowledged';
      because:
        | 'retired'
        | 'old_connection'
        | 'push_off'
        | 'covered'
        | 'left_to_sweep'
        | 'writes_paused'
        | 'listing_first';
    }
  | { kind: 'deferred'; forMs: number };

/** A hint, when it was sent, and now. */
export type Arrival = { hint: Hint; sentAt: Instant; now: Instant };

/** How long the notifications of one burst go on arriving after the first has been answered by a listing. */
const burstMs = 250;
/** A burst costs one listing in this time, not one per notification [R11]: what is sent within `burstMs` is covered by the next. */
const coolDownMs = clockMarginMs + burstMs;

export const admit = (calendar: Calendar, arrival: Arrival): Admission => {
  if (!calendar.enabled && isToClose(calendar, arrival)) return { kind: 'close' };
  const because = whyNot(calendar, arrival);
  if (because === 'covered' && isStray(calendar, arrival.hint)) return { kind: 'stray' };
  if (because !== undefined) return { kind: 'acknowledged', because };
  if (arrival.hint.reason === 'appointment') return { kind: 'push' };
  if (arrival.hint.reason === 'compare') return { kind: 'compare' };
  const forMs = coolDownLeftMs(calendar, arrival.now);
  return forMs > 0 ? { kind: 'deferred', forMs } : { kind: 'sync' };
};

/** Its channel still fires, or what its last run brought in must still be freed: by this hint, or by one that continues it. */
const isToClose = (calendar: Calendar, { hint, now }: Arrival): boolean =>
  planChannel(calendar, now) === 'remove' || hint.reason === 'disabled' || hint.reason === 'continuation';

type Acknowledged = Extract<Admission, { kind: 'acknowledged' }>;

const whyNot = (calendar: Calendar, { hint, sentAt, now }: Arrival): Acknowledged['because'] | undefined => {
  if (!calendar.enabled) return 'retired';
  if (hint.connectGeneration !== undefined && hint.connectGeneration !== calendar.connectGeneration) {
    return 'old_connection';
  }
  if (hint.reason === 'notification' && !calendar.realTimeSync) return 'push_off';
  if (isOneChange(hint) && calendar.trouble?.leftToSweep) return 'left_to_sweep';
  if (hint.reason === 'appointment') return areWritesPaused(calendar, now) ? 'writes_paused' : undefined;
  if (hint.reason === 'compare') return whyNotCompared(calendar, sentAt, now);
  if (isCovered(calendar, sentAt) && isChannelSettled(calendar, now)) return 'covered';
  return undefined;
};

/** One of many hints that may come while nothing helps. Its change stays in the table, or in Google, until the sweep. */
const isOneChange = ({ reason }: Hint): boolean => ['notification', 'appointment', 'compare'].includes(reason);

/** One comparison answers all requests that came before it [R11]. */
const whyNotCompared = (calendar: Calendar, sentAt: Instant, now: Instant): Acknowledged['because'] | undefined => {
  if (!isComparable(calendar, now)) return 'listing_first';
  return calendar.drift !== undefined && plusMs(sentAt, clockMarginMs) < calendar.drift.at ? 'covered' : undefined;
};

/** Google takes no more writes for now [F41]. */
export const areWritesPaused = ({ writesPausedUntil }: Calendar, now: Instant): boolean =>
  writesPausedUntil !== undefined && now < writesPausedUntil;

/** A pull alone does not mean that the calendar has the channel it should have [R7]. */
const isChannelSettled = (calendar: Calendar, now: Instant): boolean =>
  ['keep', 'nothing'].includes(planChannel(calendar, now));

/** Another channel than the current one. It is stopped without a listing, however often it fires or is replayed [R11][F20]. */
const isStray = ({ channel }: Calendar, hint: Hint): boolean =>
  hint.channel !== undefined && hint.channel.id !== channel?.id;

/** A complete sync began after the hint was sent, so it has seen what the hint is about. */
const isCovered = ({ checkpoint, coveredBefore }: Calendar, sentAt: Instant): boolean =>
  checkpoint === undefined && coveredBefore !== undefined && plusMs(sentAt, clockMarginMs) < coveredBefore;

/**
 * Listing sooner could miss the end of a burst merely because clocks differ, and would cost a third listing. A listing that
 * is under way continues at once.
 */
const coolDownLeftMs = ({ checkpoint, coveredBefore }: Calendar, now: Instant): number =>
  checkpoint !== undefined || coveredBefore === undefined ? 0 : epochMsOf(coveredBefore) + coolDownMs - epochMsOf(now);

/** The hint, the only message on the queue: sync this calendar, because … The job reads the state and never trusts it. */
import * as z from 'zod/mini';
import type { Appointment, Pending } from '../domain/appointment.ts';
import { type AppointmentId, asId, type CalendarKey, type ChainId, type ChannelId, type Id } from '../domain/ids.ts';
import type { Instant } from '../domain/instant.ts';
import type { Verified } from '../notifications/verify-notification.ts';

const idOf = <T extends Id<string>>() =>
  z.pipe(
    z.string(),
    z.transform((value: string) => asId<T>(value)),
  );

const hintSchema = z.strictObject({
  calendarKey: idOf<CalendarKey>(),
  chainId: idOf<ChainId>(),
  reason: z.enum([
    'notification',
    'connected',
    'enabled',
    'disabled',
    'continuation',
    'sweep',
    'manual',
    'appointment',
    'compare',
  ]),
  /** The one that Google must hear of: the index of pending ones may not show it yet. Without it, whatever is pending. */
  appointment: z.optional(z.strictObject({ id: idOf<AppointmentId>() })),
  /** The connect generation that a notification's token names; an old one is acknowledged and forgotten. */
  connectGeneration: z.optional(z.int()),
  /** The channel that fired, and Google's name for what it watches. */
  channel: z.optional(z.strictObject({ id: idOf<ChannelId>(), resourceId: z.string() })),
});

export type Hint = z.infer<typeof hintSchema>;

/** What the queue gets: the group keeps one calendar in order, the deduplication id names the event that caused it. */
export type Envelope = { hint: Hint; deduplicationId: string };

/** Throws a ZodError when the body is no hint. */
export const parseHint = (body: string): Hint => hintSchema.parse(JSON.parse(body));

/** For showing what is there: a body that is no hint must not hide the others. */
export const readHint = (body: string): Hint | undefined => {
  try {
    return parseHint(body);
  } catch {
    return undefined;
  }
};

/** Google's own repeats of one message collapse here; two messages never do. */
export const notificationHint = ({ calendarKey, connectGeneration, notification }: Verified): Envelope => {
  const { channelId, messageNumber, resourceId } = notification;
  const id = `${channelId}:${messageNumber}`;
  const channel = { id: asId<ChannelId>(channelId), resourceId };
  return {
    hint: { calendarKey, connectGeneration, channel, chainId: asId(id), reason: 'notification' },
    deduplicationId: id,
  };
};

/** A hint of our own making; its chain is what caused it. */
export const freshHint = (calendarKey: CalendarKey, reason: Hint['reason'], chainId: ChainId): Envelope => ({
  hint: { calendarKey, chainId, reason },
  deduplicationId: `${reason}:${calendarKey}:${chainId}`,
});

/** An appointment has changed here and Google must hear of it. Its version names the change, its provenance the chain. */
export const appointmentHint = ({ id, version, provenance }: Appointment, { target }: Pending): Envelope => ({
  hint: {
    calendarKey: target.calendarKey,
    chainId: provenance.chainId,
    reason: 'appointment',
    appointment: { id },
  },
  deduplicationId: `appointment:${id}:${version}`,
});

/**
 * The next run goes on from the checkpoint that the one begun at `runStartedAt` has saved. The chain goes on as it is:
 * a chain id that grew with each run would outgrow SQS's 128 characters.
 */
export const continuationHint = (calendarKey: CalendarKey, chainId: ChainId, runStartedAt: Instant): Envelope => ({
  hint: { calendarKey, chainId, reason: 'continuation' },
  deduplicationId: `continuation:${calendarKey}:${runStartedAt}`,
});

/** A push has met what only a listing may decide. */
export const listingHint = (calendarKey: CalendarKey, chainId: ChainId, now: Instant): Envelope => ({
  hint: { calendarKey, chainId, reason: 'sweep' },
  deduplicationId: `listing:${calendarKey}:${now}`,
});

/** A difference has been found and is being mended by the hint before this one: is it gone? */
export const recheckHint = (calendarKey: CalendarKey, chainId: ChainId, now: Instant): Envelope => ({
  hint: { calendarKey, chainId, reason: 'compare' },
  deduplicationId: `compare:${calendarKey}:${now}`,
});

/** Changes here that no hint of their own has brought to Google. One is named that the index may not show as pending yet. */
export const pendingHint = (
  calendarKey: CalendarKey,
  chainId: ChainId,
  now: Instant,
  appointment?: Hint['appointment'],
): Envelope => ({
  hint: { calendarKey, chainId, reason: 'appointment', ...(appointment && { appointment }) },
  deduplicationId: `pending:${appointment?.id ?? calendarKey}:${now}`,
});

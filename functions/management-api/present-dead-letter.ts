/** A dead letter, with what is known of its calendar. */
import type * as z from 'zod/mini';
import type { Calendar } from '../../shared/domain/calendar.ts';
import type { DeadLetter } from '../../shared/queue/dead-letters.ts';
import { adviceFor } from '../../shared/queue/explain-dead-letter.ts';
import type { deadLettersReply } from './schemas/dead-letters.ts';

type Shown = z.infer<typeof deadLettersReply>['items'][number];

export const presentDeadLetter = (letter: DeadLetter, calendar: Calendar | undefined): Shown => {
  const { id, sentAt, receiveCount, hint } = letter;
  return {
    id,
    ...(calendar && presentCalendar(calendar)),
    reason: hint?.reason ?? 'unreadable',
    ...(hint && { chainId: hint.chainId }),
    sentAt,
    receiveCount,
    advice: adviceFor(letter, calendar),
  };
};

const presentCalendar = ({ calendarId, summary, userId, trouble }: Calendar) => ({
  calendarId,
  summary,
  userId,
  ...(trouble && { trouble: { since: trouble.since, failures: trouble.failures, reason: trouble.reason } }),
});

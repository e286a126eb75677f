/** The span of time that is mirrored: 30 days back, 365 ahead. It has an end because a series need not have one. */
import type { SyncWindow } from '../domain/calendar.ts';
import { day, type Instant, plusMs } from '../domain/instant.ts';

export const windowAt = (now: Instant): SyncWindow => ({ from: plusMs(now, -30 * day), to: plusMs(now, 365 * day) });

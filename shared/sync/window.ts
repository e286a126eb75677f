/** The span of time that is mirrored: 30 days back, 365 ahead (`design.md` §3.11). */
import type { SyncWindow } from '../domain/calendar.ts';
import { day, type Instant, plusMs } from '../domain/instant.ts';

export const windowAt = (now: Instant): SyncWindow => ({ from: plusMs(now, -30 * day), to: plusMs(now, 365 * day) });

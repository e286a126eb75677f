/** A calendar that is known from an older connect generation, as the new one begins with it. */
import type { Calendar } from './calendar.ts';

/** The progress of an older generation means nothing to a new one, which lists everything and compares [F10][F11]. */
type Progress = 'cursor' | 'queryVersion' | 'nextGenerationAt' | 'checkpoint' | 'coveredBefore' | 'lastSyncAt';
/** Its trouble and its channel belonged to the old grant. */
type OfOldGrant = 'writesPausedUntil' | 'trouble' | 'recentSyncs' | 'channel' | 'unwatchableSince' | 'drift';

export const withoutProgress: Record<Progress | OfOldGrant, undefined> = {
  cursor: undefined,
  queryVersion: undefined,
  nextGenerationAt: undefined,
  checkpoint: undefined,
  coveredBefore: undefined,
  lastSyncAt: undefined,
  writesPausedUntil: undefined,
  trouble: undefined,
  recentSyncs: undefined,
  channel: undefined,
  unwatchableSince: undefined,
  drift: undefined,
};

/** Its user's switches hold on, unless its account had been replaced: then it is as new. What Google lists again is not gone. */
export const switchesOf = (
  stored: Calendar,
  listed: Calendar,
): Pick<Calendar, 'enabled' | 'role'> & { disabledBecause: Calendar['disabledBecause'] } => {
  const isAsNew = stored.disabledBecause === 'account_replaced';
  const { enabled, role } = isAsNew ? listed : stored;
  const isBack = stored.disabledBecause === 'calendar_gone' && listed.enabled;
  return { enabled: enabled || isBack, role, disabledBecause: isAsNew || isBack ? undefined : stored.disabledBecause };
};

/** How a calendar's last syncs ended, stored on the calendar by the write that ends a sync anyway. */
export type SyncEnd = 'complete' | 'failed';

export const remembered = 20;

const letters: Record<SyncEnd, string> = { complete: '+', failed: '-' };

/** The newest last; the oldest falls out. */
export const withSync = (recent: string | undefined, end: SyncEnd): string =>
  `${recent ?? ''}${letters[end]}`.slice(-remembered);

export const countSyncs = (recent: string): { attempts: number; failed: number } => ({
  attempts: recent.length,
  failed: [...recent].filter((letter) => letter === letters.failed).length,
});

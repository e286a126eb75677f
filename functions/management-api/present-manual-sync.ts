/** How the last sync that the user has asked for stands. */
import type { Calendar } from '../../shared/domain/calendar.ts';
import type { SyncRequest } from '../../shared/store/sync-requests.ts';
import type { Status } from './present-status.ts';

/** Done once every calendar that is synced has a complete sync that began after the request. */
export const presentManualSync = (
  { id, requestedAt }: SyncRequest,
  calendars: Calendar[],
): NonNullable<Status['manualSync']> => {
  const isSynced = ({ coveredBefore }: Calendar) => coveredBefore !== undefined && coveredBefore > requestedAt;
  const isDone = calendars.filter(({ enabled }) => enabled).every(isSynced);
  return { id, requestedAt, state: isDone ? 'done' : 'running' };
};

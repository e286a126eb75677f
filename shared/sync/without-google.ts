/** The connection cannot serve this calendar: does what can be done without it [R14]. */
import { leaveBehind } from '../connections/leave-behind.ts';
import type { Calendar } from '../domain/calendar.ts';
import type { Connection } from '../domain/connection.ts';
import { catchUp } from './catch-up.ts';
import type { ReceivedHint, SyncDeps, SyncOutcome } from './sync-calendar.ts';

type Unusable = ReceivedHint & { calendar: Calendar; connection: Connection; isToClose: boolean };

/** A sweep's hint says that it is still due. */
export const withoutGoogle = async (deps: SyncDeps, unusable: Unusable): Promise<SyncOutcome> => {
  const { hint, calendar, connection, isToClose, now } = unusable;
  const { chainId } = hint;
  if (isToClose) {
    await leaveBehind(deps, calendar, { now, chainId });
    return { kind: 'closed', channel: { kind: 'none' } };
  }
  const isLeftBehind = calendar.connectGeneration !== connection.connectGeneration;
  const isToLetGo = connection.state === 'disconnected' && hint.reason === 'sweep';
  if (isLeftBehind || isToLetGo) await catchUp(deps, { calendar, connection, chainId, now });
  if (connection.state === 'connected') return { kind: 'acknowledged', because: 'old_connection' };
  return { kind: 'acknowledged', because: connection.state };
};

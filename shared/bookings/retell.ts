/**
 * Shell: what Google is told of the bookings to come follows the settings. Whoever changes these reads the bookings once; whoever
 * was writing meanwhile, by the settings of before, asks afterwards whether they still hold.
 */
import { isDeepStrictEqual } from 'node:util';
import type { Stamp } from '../decision/next-appointment.ts';
import type { Appointment } from '../domain/appointment.ts';
import { RetryLater } from '../domain/errors.ts';
import type { UserId } from '../domain/ids.ts';
import { defaultSettings, type Shared } from '../domain/settings.ts';
import { type ChangeFutureDeps, changeFuture, type NextOf } from './change-future.ts';
import { type DestinationDeps, loadDestination } from './load-destination.ts';
import { outgoing } from './outgoing.ts';
import { retold } from './retold.ts';

export type RetellDeps = DestinationDeps & ChangeFutureDeps;

/** `were`: what was shared until now. Throws RetryLater when there are more bookings than one request can change. */
export const retell = async (deps: RetellDeps, userId: UserId, were: Shared, stamp: Stamp): Promise<void> => {
  const around = await loadDestination(deps, userId);
  const nextOf: NextOf = (before) => retold(before, were, around.destination, stamp);
  const finish = (next: Appointment): Appointment => outgoing(next, around, stamp.now);
  const { more } = await changeFuture(deps, userId, nextOf, stamp, finish);
  if (more) throw new RetryLater('More bookings are to be told anew');
  await retellIfOutdated(deps, userId, around.destination.settings.shared, stamp);
};

/** `used`: what was shared by the settings that have just been gone by. True when those are not the latest. */
export const retellIfOutdated = async (
  deps: RetellDeps,
  userId: UserId,
  used: Shared,
  stamp: Stamp,
): Promise<boolean> => {
  const connection = await deps.connections.load(userId);
  const { shared } = connection?.settings ?? defaultSettings;
  if (isDeepStrictEqual(shared, used)) return false;
  await retell(deps, userId, used, stamp);
  return true;
};

/** The Google accounts that people have, which of them each is connected with, and when nobody was connected. */
import { asId, type UserId } from '../../shared/domain/ids.ts';
import type { Kernel } from './kernel.ts';
import type { Knobs } from './knobs.ts';

export const userIdOf = (user: number): UserId => asId(`barber-${user}`);
export const emailOf = (user: number): string => `barber-${user}@example.com`;
export const otherEmailOf = (user: number): string => `barber-${user}.other@example.com`;
export const shopOf = (user: number): string => `shop-${user}@group.calendar.google.com`;

export type Accounts = ReturnType<typeof accountsOf>;

export const accountsOf = ({ calendars }: Pick<Knobs, 'calendars'>, { now }: Pick<Kernel, 'now'>) => {
  const accounts = new Map<string, string>();
  /** Until when the user was not connected; for ever, as long as that lasts. */
  const awayUntil = new Map<string, number>();

  const accountOf = (user: number): string => accounts.get(userIdOf(user)) ?? emailOf(user);
  return {
    accountOf,
    calendarsOf: (user: number): string[] => {
      const account = accountOf(user);
      return account === emailOf(user) && calendars > 1 ? [account, shopOf(user)] : [account];
    },
    isOther: (userId: UserId, account: string): boolean => (accounts.get(userId) ?? account) !== account,
    connected: (userId: UserId, account: string): void => {
      accounts.set(userId, account);
      if (awayUntil.has(userId)) awayUntil.set(userId, now());
    },
    disconnected: (userId: UserId): void => void awayUntil.set(userId, Number.POSITIVE_INFINITY),
    wasAwaySince: (userId: UserId, since: number): boolean => (awayUntil.get(userId) ?? 0) >= since,
  };
};

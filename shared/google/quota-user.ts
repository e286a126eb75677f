/** The name under which Google counts a user's requests: at most 40 characters, and not one that Google could read. */
import { hash } from 'node:crypto';
import type { UserId } from '../domain/ids.ts';

export const quotaUserOf = (userId: UserId): string => hash('sha256', userId, 'hex').slice(0, 40);

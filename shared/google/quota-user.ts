/** The name under which Google counts a user's requests: at most 40 characters, and not one that Google could read. */
import { createHash } from 'node:crypto';
import type { UserId } from '../domain/ids.ts';

export const quotaUserOf = (userId: UserId): string => createHash('sha256').update(userId).digest('hex').slice(0, 40);

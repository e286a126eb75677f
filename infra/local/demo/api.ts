/** Our API as one barber's frontend calls it, or an administrator's. */
import { type Client, createClient } from '../../../functions/management-api/client.ts';
import type { Session } from '../session.ts';

export const apiOf = ({ stack }: Session, userId: string, role: { admin?: boolean } = {}): Client =>
  createClient({ baseUrl: stack.apiUrl, token: () => stack.token(userId, role) });

/** Our API as one barber's frontend calls it. */
import type { Session } from '../session.ts';

export type Api = <Reply>(method: string, path: string, body?: object) => Promise<Reply>;

/** A refusal is thrown. */
export const apiOf =
  ({ stack }: Session, userId: string): Api =>
  async <Reply>(method: string, path: string, body?: object) => {
    const headers = { authorization: `Bearer ${await stack.token(userId)}`, 'content-type': 'application/json' };
    const response = await fetch(`${stack.apiUrl}${path}`, {
      method,
      headers,
      ...(body && { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${await response.text()}`);
    return (await response.json()) as Reply;
  };

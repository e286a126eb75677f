/** What a route is: a function from a request that has been checked to a reply. */
import type * as z from 'zod/mini';
import type { ChainId, UserId } from '../../shared/domain/ids.ts';
import type { Instant } from '../../shared/domain/instant.ts';
import { messageOf } from './field-messages.ts';
import { type FieldError, invalidRequest } from './problem.ts';
import type { RouteName, routeTable } from './route-table.ts';

/** `body` is parsed JSON, undefined when there is none; `params` are the parts of the path that vary. */
export type PublicRequest = {
  params: Record<string, string>;
  query: Record<string, string>;
  /** Those that a route may read, by their names in lower case. */
  headers: Record<string, string>;
  body: unknown;
  now: Instant;
  chainId: ChainId;
};
/** `userId` comes from the verified token and from nowhere else [R15]. */
export type UserRequest = PublicRequest & { userId: UserId };

export type Reply =
  | { status: 200 | 201 | 202; headers?: Record<string, string>; body: unknown }
  | { status: 302; location: string };

export type Route<Request extends PublicRequest = PublicRequest> = (request: Request) => Promise<Reply>;

/** A route that needs a user is given one; the compiler sees to it that every route of the table is there. */
export type Routes = {
  [Name in RouteName]: (typeof routeTable)[Name]['access'] extends 'public' ? Route : Route<UserRequest>;
};

/** Throws a Problem that names every field that is wrong or unknown. */
export const parse = <T>(schema: z.ZodMiniType<T>, input: unknown): T => {
  const { success, data, error } = schema.safeParse(input, { error: messageOf });
  if (success) return data;
  throw invalidRequest(error.issues.flatMap(toFieldErrors));
};

const toFieldErrors = (issue: z.core.$ZodIssue): FieldError[] => {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ field: [...issue.path, key].join('.'), message: 'Unknown field' }));
  }
  return [{ field: issue.path.join('.') || 'body', message: issue.message }];
};

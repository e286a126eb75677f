/** GET /api/v2/admin/dead-letters: the hints that were given up, explained; POST …/redrive and …/discard: what becomes of them. */
import pMap from 'p-map';
import type { CalendarStore } from '../../../shared/ports.ts';
import type { DeadLetter } from '../../../shared/queue/dead-letters.ts';
import { discard, listDeadLetters, redrive, type TendDeps } from '../../../shared/queue/tend-dead-letters.ts';
import { presentDeadLetter } from '../present-dead-letter.ts';
import { parse, type Route, type UserRequest } from '../route.ts';
import { discardBody, redriveBody } from '../schemas/dead-letters.ts';
import { noQuery } from '../schemas/wire-values.ts';

export type DeadLettersDeps = TendDeps & { calendars: Pick<CalendarStore, 'load'> };

export const deadLettersRoute =
  (deps: Pick<DeadLettersDeps, 'deadLetters' | 'calendars'>): Route<UserRequest> =>
  async ({ query }) => {
    parse(noQuery, query);
    const { letters, more } = await listDeadLetters(deps);
    const calendars = await loadCalendars(deps, letters);
    const items = letters.map((letter) => presentDeadLetter(letter, calendars.get(letter.calendarKey)));
    return { status: 200, body: { items, more } };
  };

export const redriveRoute =
  (deps: TendDeps): Route<UserRequest> =>
  async ({ query, body, chainId }) => {
    parse(noQuery, query);
    const { ids: redriven, more } = await redrive(deps, parse(redriveBody, body), chainId);
    return { status: 200, body: { redriven, more } };
  };

export const discardRoute =
  (deps: Omit<TendDeps, 'queue'>): Route<UserRequest> =>
  async ({ query, body }) => {
    parse(noQuery, query);
    const { ids: discarded, more } = await discard(deps, parse(discardBody, body));
    return { status: 200, body: { discarded, more } };
  };

const loadCalendars = async ({ calendars }: Pick<DeadLettersDeps, 'calendars'>, letters: DeadLetter[]) => {
  const keys = [...new Set(letters.map(({ calendarKey }) => calendarKey))];
  return new Map(await pMap(keys, async (key) => [key, await calendars.load(key)] as const, { concurrency: 10 }));
};

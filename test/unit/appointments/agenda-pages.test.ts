import { expect, test } from 'vitest';
import { pagesOf } from '../../../shared/appointments/agenda-pages.ts';
import type { AgendaReader, AgendaRequest } from '../../../shared/ports.ts';
import { now, userId } from '../../support/samples.ts';

const request: AgendaRequest = { userId, from: now, to: now, limit: 1, includeCancelled: false };

/** As many pages, named by their number. */
const agendaOf = (pages: number) => {
  const asked: (string | undefined)[] = [];
  const list: AgendaReader['list'] = async ({ after }) => {
    asked.push(after);
    return { items: [], ...(asked.length < pages && { after: String(asked.length) }) };
  };
  return { list, asked };
};
const read = async (agenda: AgendaReader, atMost: number, from = request) => {
  const ends: (string | undefined)[] = [];
  for await (const { after } of pagesOf(agenda, from, atMost)) ends.push(after);
  return ends;
};

test('each page goes on where the one before ended', async () => {
  const agenda = agendaOf(3);
  expect(await read(agenda, 10, { ...request, after: 'x' })).toEqual(['1', '2', undefined]);
  expect(agenda.asked).toEqual(['x', '1', '2']);
});

test('[R11] not more pages are read than that, and the last one says that there is more', async () => {
  const agenda = agendaOf(3);
  expect(await read(agenda, 2)).toEqual(['1', '2']);
  expect(agenda.asked).toHaveLength(2);
});

test('nor is one read that nobody asks for', async () => {
  const agenda = agendaOf(3);
  for await (const _ of pagesOf(agenda, request, 10)) break;
  expect(agenda.asked).toHaveLength(1);
});

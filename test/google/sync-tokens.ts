/**
 * Sync and page tokens: opaque, base64-like, useless when altered; and the paging they drive. Pure.
 * https://developers.google.com/workspace/calendar/api/guides/sync
 */
import { hash } from 'node:crypto';
import { fullSyncRequired, invalidParameter } from './errors.ts';

/** Where a client stands: it knows every change of the list up to `seq`, seen through `query`. */
type SyncToken = { list: string; generation: number; seq: number; query: Record<string, unknown> };
/** The rest of a listing: entries after `last`; `seq` is where the list stood at the first page. */
type PageToken = { list: string; seq: number; last: string; query: string };

export type Page<T> = { items: T[]; seq: number; nextPageToken?: string };
type PageQuery = { pageToken?: string; maxResults?: number };

export function readSyncToken(list: string, generation: number, text: string): SyncToken {
  const token = open(text) as SyncToken | undefined;
  if (token?.list !== list || token.generation === undefined) {
    throw invalidParameter('syncToken', 'Invalid sync token value.');
  }
  if (token.generation !== generation) throw fullSyncRequired();
  return token;
}

/** One page of the entries in the order of their keys; a size of 0 makes an empty page with more to come. */
export function paginate<T>(
  list: { id: string; seq: number },
  query: PageQuery,
  entries: { key: string; value: T }[],
  size: number,
): Page<T> {
  const { pageToken, maxResults: _, ...rest } = query;
  const place = { list: list.id, query: digest(Object.entries(rest).sort()) };
  const resume = pageToken === undefined ? { seq: list.seq, last: '' } : readPageToken(pageToken, place);
  const ahead = entries.filter((entry) => entry.key > resume.last).sort((a, b) => (a.key < b.key ? -1 : 1));
  const page = ahead.slice(0, size);
  const items = page.map((entry) => entry.value);
  if (ahead.length <= size && size > 0) return { items, seq: resume.seq };
  const nextPageToken = sealToken({ ...place, seq: resume.seq, last: page.at(-1)?.key ?? resume.last });
  return { items, seq: resume.seq, nextPageToken };
}

function readPageToken(text: string, place: { list: string; query: string }): PageToken {
  const token = open(text) as PageToken | undefined;
  if (token?.list !== place.list || token.query !== place.query) {
    throw invalidParameter('pageToken', 'Invalid page token value.');
  }
  return token;
}

export function sealToken(content: SyncToken | PageToken): string {
  const text = JSON.stringify(content);
  return Buffer.from(`${checksum(text)}${text}`).toString('base64');
}

function open(token: string): unknown {
  const plain = Buffer.from(token, 'base64').toString();
  const text = plain.slice(8);
  return text && checksum(text) === plain.slice(0, 8) ? JSON.parse(text) : undefined;
}

export function digest(value: unknown): string {
  return hash('sha256', JSON.stringify(value), 'hex').slice(0, 16);
}

const checksum = (text: string): string => digest(text).slice(0, 8);

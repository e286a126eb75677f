/** Cursors of lists: opaque to clients, the position where a page ended to us. */
import { invalidRequest } from './problem.ts';

export const encodeCursor = (position: string): string => Buffer.from(position).toString('base64url');

/** `form`: what positions of this list look like. Throws a Problem for any other. */
export const decodeCursor = (cursor: string, form: RegExp): string => {
  const position = Buffer.from(cursor, 'base64url').toString();
  if (!form.test(position)) throw notOfThisList();
  return position;
};

export const notOfThisList = () => invalidRequest([{ field: 'cursor', message: 'Not a cursor of this list' }]);

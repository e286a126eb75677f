/** GET /api/v2/appointments: what overlaps a span of time, in order of start, page by page. */
import { instantAt } from '../../../shared/domain/instant.ts';
import type { AgendaPage, AgendaReader } from '../../../shared/ports.ts';
import { windowAt } from '../../../shared/schedule/window.ts';
import { agendaPosition } from '../../../shared/store/keys.ts';
import { decodeCursor, encodeCursor, notOfThisList } from '../page-cursor.ts';
import { presentAppointment } from '../present-appointment.ts';
import { invalidRequest } from '../problem.ts';
import { parse, type Route, type UserRequest } from '../route.ts';
import { appointmentsQuery } from '../schemas/appointments.ts';

/** Start, appointment. */
const positionForm = /^\d{4}-\d{2}-\d{2}T[\d:.]+Z#[\w-]+$/;

/** Without `from` and `to`, the whole span that is mirrored. A bare date is midnight UTC. */
export const appointmentsRoute =
  (agenda: AgendaReader): Route<UserRequest> =>
  async ({ userId, query, now }) => {
    const { limit, cursor, include, ...span } = parse(appointmentsQuery, query);
    const mirrored = windowAt(now);
    const from = span.from === undefined ? mirrored.from : instantAt(Date.parse(span.from));
    const to = span.to === undefined ? mirrored.to : instantAt(Date.parse(span.to));
    if (from >= to) throw invalidRequest([{ field: 'to', message: 'Must be after "from"' }]);

    const after = cursor === undefined ? undefined : decodeCursor(cursor, positionForm);
    if (after !== undefined && after >= to) throw notOfThisList();

    const page = await agenda.list({
      userId,
      from,
      to,
      limit,
      includeCancelled: include === 'cancelled',
      ...(after !== undefined && { after }),
    });
    const shown = fitting(page);
    const items = shown.items.map(presentAppointment);
    return {
      status: 200,
      body: shown.after === undefined ? { items } : { items, nextCursor: encodeCursor(shown.after) },
    };
  };

/** Lambda answers with 6 MB at most; a page ends well before that. */
const maxBytes = 4 * 1024 * 1024;

const fitting = (page: AgendaPage): AgendaPage => {
  let bytes = 0;
  for (const [index, item] of page.items.entries()) {
    bytes += Buffer.byteLength(JSON.stringify(item));
    const last = page.items[index - 1];
    if (bytes > maxBytes && last !== undefined) {
      return { items: page.items.slice(0, index), after: agendaPosition(last.startsAt, last.id) };
    }
  }
  return page;
};

/** Shell: reads the agenda page by page, up to a limit [R11]. */
import type { AgendaPage, AgendaReader, AgendaRequest } from '../ports.ts';

/** If the last page that is read has an `after`, there was more. */
export async function* pagesOf(
  agenda: AgendaReader,
  request: AgendaRequest,
  pagesAtMost: number,
): AsyncGenerator<AgendaPage, void> {
  let { after } = request;
  for (let nth = 1; nth <= pagesAtMost; nth++) {
    const page = await agenda.list({ ...request, ...(after !== undefined && { after }) });
    yield page;
    if (page.after === undefined) return;
    after = page.after;
  }
}

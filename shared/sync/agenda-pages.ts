/** Shell: reads the agenda page by page, and not for ever [R11]. */
import type { AgendaPage, AgendaReader, AgendaRequest } from './ports.ts';

/** Whether there is more behind the last of so many pages is said by that page's own `after`. */
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

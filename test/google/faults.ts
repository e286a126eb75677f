/**
 * Ordered misbehaviour of the API: what the next calls that match will meet. Pure.
 * The effect of a call happens before `commit-then-drop`, `empty-list`, `omit`, `replace` and `truncate`, and never with the others.
 */
import type { Reply } from './answer.ts';
import { backendError, frontEndError } from './errors.ts';
import type { Json } from './event-body.ts';

type Misbehaviour =
  | OrderedError
  | { kind: 'html'; status?: number }
  | { kind: 'reset' | 'commit-then-drop' | 'empty-list' | 'truncate' }
  | { kind: 'delay'; ms: number }
  /** Pages hold at most this many; 0 is an empty page with more to come. */
  | { kind: 'short-page'; size: number }
  /** These top-level fields are missing from the reply. */
  | { kind: 'omit'; fields: string[] }
  /** These top-level fields of the reply are something else. */
  | { kind: 'replace'; fields: Json };

/** In the backend's form; with `frontEnd` (say `PERMISSION_DENIED`) in the front end's; in OAuth's on OAuth paths. */
type OrderedError = {
  kind: 'status';
  status: number;
  reason: string;
  message?: string;
  domain?: string;
  frontEnd?: string;
  headers?: Record<string, string>;
};

export type Fault = Misbehaviour & {
  method?: string;
  /** A regular expression for path and query, e.g. `/events\\?.*syncToken`. */
  path?: string;
  /** How many calls pass before the fault begins (0), and how many then meet it (1; `null` means all). */
  skip?: number;
  times?: number | null;
};

/** The first ordered fault that the call meets; counts down. */
export function takeFault(faults: Fault[], method: string, target: string): Fault | undefined {
  for (const fault of faults.filter((candidate) => concerns(candidate, method, target))) {
    if (fault.skip) {
      fault.skip -= 1;
      continue;
    }
    if (fault.times === null) return fault;
    fault.times = (fault.times ?? 1) - 1;
    if (fault.times <= 0) faults.splice(faults.indexOf(fault), 1);
    return fault;
  }
  return undefined;
}

function concerns(fault: Fault, method: string, target: string): boolean {
  return (fault.method ?? method) === method && new RegExp(fault.path ?? '').test(target);
}

/** What is answered instead, before any effect. */
export function orderedReply(fault: Fault | undefined, pathname: string): Reply | undefined {
  if (fault?.kind === 'html') {
    const status = fault.status ?? 502;
    return { status, html: `<!DOCTYPE html><title>Error ${status} (Server Error)!!1</title><p>That’s an error.` };
  }
  if (fault?.kind !== 'status') return undefined;
  const { status, reason, message = reason, domain = 'global', frontEnd, headers = {} } = fault;
  const detail = { domain, reason, message };
  const isApi = pathname.startsWith('/calendar/');
  if (!isApi) return { status, headers, body: { error: reason, error_description: message } };
  const error = frontEnd ? frontEndError(status, frontEnd, message, detail) : backendError(status, detail);
  return { status, headers, body: error.body };
}

/** The true reply, damaged on its way back. */
export function spoiled(fault: Fault | undefined, reply: Reply): Reply {
  if (typeof reply.body !== 'object' || reply.body === null) return reply;
  if (fault?.kind === 'empty-list') return { ...reply, body: { ...reply.body, items: [] } };
  if (fault?.kind === 'truncate') {
    const text = JSON.stringify(reply.body);
    return { ...reply, body: text.slice(0, text.length / 2) };
  }
  if (fault?.kind === 'replace') return { ...reply, body: { ...reply.body, ...fault.fields } };
  if (fault?.kind !== 'omit') return reply;
  const kept = Object.entries(reply.body).filter(([name]) => !fault.fields.includes(name));
  return { ...reply, body: Object.fromEntries(kept) };
}

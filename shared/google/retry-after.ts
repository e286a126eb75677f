/** How long Google asks us to wait: https://www.rfc-editor.org/rfc/rfc9110#field.retry-after */

/** An answer's headers, each undefined when it was not sent. */
export type WaitHeaders = { retryAfter: string | undefined; date: string | undefined };

/**
 * Milliseconds from the answer on; undefined when it says nothing that can be understood. A moment is measured from the
 * answer's own date, so that our clock need not agree with Google's.
 */
export const retryAfterMs = ({ retryAfter, date }: WaitHeaders): number | undefined => {
  if (retryAfter === undefined) return undefined;
  if (/^\d{1,9}$/.test(retryAfter)) return Number(retryAfter) * 1_000;
  if (!retryAfter.endsWith('GMT')) return undefined; // As every HTTP date does; `Date.parse` would take much for one.
  const waitMs = Date.parse(retryAfter) - Date.parse(date ?? '');
  return Number.isNaN(waitMs) ? undefined : Math.max(waitMs, 0);
};

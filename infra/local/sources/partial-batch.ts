/**
 * Which items of a batch failed, read from what became of the invocation as Lambda reads it: an error fails all,
 * a `ReportBatchItemFailures` response fails those that it names, and anything odd in it fails all. Pure.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 */
import type { Outcome } from '../functions/invocation.ts';

/** `ids`: message ids of the batch, or sequence numbers of stream records. */
export function failedItems(outcome: Outcome, ids: string[], reportsFailures: boolean): Set<string> {
  if (outcome.kind !== 'returned') return new Set(ids);
  if (!reportsFailures) return new Set();
  const named = namedFailures(outcome.value);
  return new Set(named?.every((id) => ids.includes(id)) ? named : ids);
}

/** `undefined`: no response that Lambda understands. */
function namedFailures(response: unknown): string[] | undefined {
  if (response === null) return [];
  if (typeof response !== 'object') return undefined;
  const failures = 'batchItemFailures' in response ? (response.batchItemFailures ?? []) : [];
  return Array.isArray(failures) ? failures.map((failure) => String(failure?.itemIdentifier)) : undefined;
}

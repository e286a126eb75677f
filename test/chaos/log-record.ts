/** What the functions say of themselves during a run: when each chain's listing was done with, and what became of hints. */
export type LogRecord = {
  onLog(functionName: string, line: string): void;
  /** When the run that this chain id names said that it was done. */
  doneAt: ReadonlyMap<string, number>;
  /** Hints by what became of them. */
  hints: Record<string, number>;
};

const outcomes: Record<string, string> = {
  'Synced a calendar': 'synced',
  'Acknowledged a hint': 'acknowledged',
  'Told Google what has changed': 'pushed',
  'A hint waits for its turn': 'waited',
  'A hint failed and goes back to the queue': 'failed',
  'Google refuses this calendar': 'refused',
};

export const recordLogs = (): LogRecord => {
  const doneAt = new Map<string, number>();
  const hints: LogRecord['hints'] = {};
  return {
    doneAt,
    hints,
    onLog: (name, line) => {
      if (name !== 'sync-consumer' || !line.includes('"message"')) return;
      const { message, chainId } = readLine(line);
      const outcome = outcomes[message ?? ''];
      if (outcome === undefined) return;
      hints[outcome] = (hints[outcome] ?? 0) + 1;
      if (outcome === 'synced' && chainId !== undefined) doneAt.set(chainId, Date.now());
    },
  };
};

/** A worker that is killed may leave half a line. */
const readLine = (line: string): { message?: string; chainId?: string } => {
  try {
    return JSON.parse(line);
  } catch {
    return {};
  }
};

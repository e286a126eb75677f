/** What a piece of code writes to standard output while it runs, line by line, as CloudWatch Logs would get it. */
import { vi } from 'vitest';

export const linesOf = async (act: () => unknown): Promise<string[]> => {
  const chunks: string[] = [];
  const writing = vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    chunks.push(String(chunk));
    return true;
  });
  const erring = vi.spyOn(process.stderr, 'write').mockImplementation((chunk) => {
    chunks.push(String(chunk));
    return true;
  });
  try {
    await act();
  } finally {
    writing.mockRestore();
    erring.mockRestore();
  }
  return chunks
    .join('')
    .split('\n')
    .filter((line) => line !== '');
};

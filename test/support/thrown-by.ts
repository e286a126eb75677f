/** What this throws, or rejects with. */
import { expect } from 'vitest';

export const thrownBy = async (act: () => unknown): Promise<unknown> => {
  try {
    await act();
  } catch (error) {
    return error;
  }
  return expect.fail('It throws nothing');
};

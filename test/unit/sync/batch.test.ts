import { describe, expect, test } from 'vitest';
import { processByGroup, type QueuedMessage } from '../../../shared/sync/batch.ts';

/** `a1` is the first message of group `a`. */
const batchOf = (...ids: string[]): QueuedMessage[] =>
  ids.map((messageId) => ({ messageId, groupId: messageId.slice(0, 1) }));
const idsOf = (messages: QueuedMessage[]): string[] => messages.map(({ messageId }) => messageId);

/** Handles a batch; messages whose id is in `bad` fail. */
const run = async (messages: QueuedMessage[], ...bad: string[]) => {
  const handled: string[] = [];
  const failures = await processByGroup(messages, async ({ messageId }) => {
    handled.push(messageId);
    await Promise.resolve();
    if (bad.includes(messageId)) throw new Error(`${messageId} failed`);
  });
  return { handled, failures };
};

test('the messages of a group are handled in their order', async () => {
  const { handled, failures } = await run(batchOf('a1', 'b1', 'a2', 'b2', 'a3'));
  expect(handled.filter((id) => id.startsWith('a'))).toEqual(['a1', 'a2', 'a3']);
  expect(handled.filter((id) => id.startsWith('b'))).toEqual(['b1', 'b2']);
  expect(failures).toEqual([]);
});

test('one message of a group is at work at a time, and one of each group', async () => {
  const running: string[] = [];
  const together: string[][] = [];
  await processByGroup(batchOf('a1', 'a2', 'b1', 'c1'), async ({ messageId }) => {
    running.push(messageId);
    together.push([...running]);
    await Promise.resolve();
    running.splice(running.indexOf(messageId), 1);
  });
  expect(together).toContainEqual(['a1', 'b1', 'c1']);
  expect(together.every((ids) => new Set(ids.map((id) => id[0])).size === ids.length)).toBe(true);
});

describe('[R10] when a message fails', () => {
  test('it and the rest of its group are handed back, and the rest is not tried', async () => {
    const { handled, failures } = await run(batchOf('a1', 'a2', 'a3', 'b1'), 'a2');
    expect(failures.map(({ failed }) => idsOf(failed))).toEqual([['a2', 'a3']]);
    expect(handled).not.toContain('a3');
  });

  test('other groups go on to their end', async () => {
    const { handled } = await run(batchOf('a1', 'b1', 'b2', 'c1', 'b3'), 'a1', 'c1');
    expect(handled).toEqual(expect.arrayContaining(['b1', 'b2', 'b3']));
  });

  test('[F31] each failure is told, with its error', async () => {
    const { failures } = await run(batchOf('a1', 'b1', 'c1'), 'a1', 'c1');
    expect(failures.map(({ failed, error }) => [idsOf(failed), (error as Error).message])).toEqual([
      [['a1'], 'a1 failed'],
      [['c1'], 'c1 failed'],
    ]);
  });

  test('[F31] a handler that throws before it waits is a failure like any other', async () => {
    const failures = await processByGroup(batchOf('a1', 'b1'), ({ messageId }) => {
      if (messageId === 'a1') throw new Error('at once');
      return Promise.resolve();
    });
    expect(failures.map(({ failed }) => idsOf(failed))).toEqual([['a1']]);
  });
});

test('an empty batch has no failures', async () => {
  expect(await processByGroup([], () => Promise.reject(new Error('never called')))).toEqual([]);
});

import { describe, expect, test } from 'vitest';
import { type NotDone, processByGroup, type QueuedMessage } from '../../../shared/queue/batch.ts';

/** `a1` is the first message of group `a`. */
const batchOf = (...ids: string[]): QueuedMessage[] =>
  ids.map((messageId) => ({ messageId, groupId: messageId.slice(0, 1) }));
const idsOf = (messages: QueuedMessage[]): string[] => messages.map(({ messageId }) => messageId);

type Handle = (message: QueuedMessage) => Promise<NotDone | undefined>;

/** What was handed back with which word, and what is reported as not done. */
const process = async (messages: QueuedMessage[], handle: Handle) => {
  const handedBack: { ids: string[]; undone: NotDone }[] = [];
  const handBack = async (rest: QueuedMessage[], undone: NotDone) => {
    handedBack.push({ ids: idsOf(rest), undone });
  };
  const undone = await processByGroup(messages, { handle, handBack });
  return { handedBack, undone: idsOf(undone) };
};

/** Handles a batch; messages whose id is in `bad` fail. */
const run = async (messages: QueuedMessage[], ...bad: string[]) => {
  const handled: string[] = [];
  const result = await process(messages, async ({ messageId }) => {
    handled.push(messageId);
    await Promise.resolve();
    if (bad.includes(messageId)) throw new Error(`${messageId} failed`);
    return undefined;
  });
  return { handled, ...result };
};

test('the messages of a group are handled in their order', async () => {
  const { handled, undone } = await run(batchOf('a1', 'b1', 'a2', 'b2', 'a3'));
  expect(handled.filter((id) => id.startsWith('a'))).toEqual(['a1', 'a2', 'a3']);
  expect(handled.filter((id) => id.startsWith('b'))).toEqual(['b1', 'b2']);
  expect(undone).toEqual([]);
});

test('one message of a group is at work at a time, and one of each group', async () => {
  const running: string[] = [];
  const together: string[][] = [];
  await process(batchOf('a1', 'a2', 'b1', 'c1'), async ({ messageId }) => {
    running.push(messageId);
    together.push([...running]);
    await Promise.resolve();
    running.splice(running.indexOf(messageId), 1);
    return undefined;
  });
  expect(together).toContainEqual(['a1', 'b1', 'c1']);
  expect(together.every((ids) => new Set(ids.map((id) => id[0])).size === ids.length)).toBe(true);
});

describe('[R10] when a message fails', () => {
  test('it and the rest of its group are handed back, and the rest is not tried', async () => {
    const { handled, handedBack, undone } = await run(batchOf('a1', 'a2', 'a3', 'b1'), 'a2');
    expect(handedBack.map(({ ids }) => ids)).toEqual([['a2', 'a3']]);
    expect(undone).toEqual(['a2', 'a3']);
    expect(handled).not.toContain('a3');
  });

  test('other groups go on to their end', async () => {
    const { handled } = await run(batchOf('a1', 'b1', 'b2', 'c1', 'b3'), 'a1', 'c1');
    expect(handled).toEqual(expect.arrayContaining(['b1', 'b2', 'b3']));
  });

  test('[F31] each failure is told, with its error', async () => {
    const { handedBack, undone } = await run(batchOf('a1', 'b1', 'c1'), 'a1', 'c1');
    expect(handedBack).toEqual([
      { ids: ['a1'], undone: { kind: 'failed', error: new Error('a1 failed') } },
      { ids: ['c1'], undone: { kind: 'failed', error: new Error('c1 failed') } },
    ]);
    expect(undone).toEqual(['a1', 'c1']);
  });

  test('[F31] a handler that throws before it waits is a failure like any other', async () => {
    const { undone } = await process(batchOf('a1', 'b1'), ({ messageId }) => {
      if (messageId === 'a1') throw new Error('at once');
      return Promise.resolve(undefined);
    });
    expect(undone).toEqual(['a1']);
  });

  test('its group goes back at once, however long another takes', async () => {
    const slow = Promise.withResolvers<undefined>();
    const handle: Handle = ({ messageId }) =>
      messageId === 'a1' ? Promise.resolve({ kind: 'failed', error: 'no' }) : slow.promise;
    const handBack = async () => slow.resolve(undefined); // The slow one ends only after this.
    expect(idsOf(await processByGroup(batchOf('b1', 'a1'), { handle, handBack }))).toEqual(['a1']);
  });
});

test('[R11] a message whose turn it is not goes back with the rest of its group, which is not tried', async () => {
  const handled: string[] = [];
  const { handedBack, undone } = await process(batchOf('a1', 'a2', 'a3', 'b1'), async ({ messageId }) => {
    handled.push(messageId);
    return messageId === 'a2' ? { kind: 'deferred', forMs: 700 } : undefined;
  });
  expect(handedBack).toEqual([{ ids: ['a2', 'a3'], undone: { kind: 'deferred', forMs: 700 } }]);
  expect(undone).toEqual(['a2', 'a3']);
  expect(handled.sort()).toEqual(['a1', 'a2', 'b1']);
});

test('an empty batch has nothing undone', async () => {
  expect(await process([], () => Promise.reject(new Error('never called')))).toEqual({ handedBack: [], undone: [] });
});

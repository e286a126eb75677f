/**
 * A batch of SQS FIFO messages → those that are not done. Groups run side by side, messages of one group in order; after
 * one that is not done the rest of its group is handed back too, or SQS would give out a later one before it [R10].
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 */
export type QueuedMessage = { messageId: string; groupId: string };

/** `deferred`: it is not its turn yet. `failures`: how often in a row its group has failed, where that is known. */
export type NotDone = { kind: 'deferred'; forMs: number } | { kind: 'failed'; error: unknown; failures?: number };

export type BatchSteps<M> = {
  /** Resolves to undefined when the message is done. What it throws is a failure. */
  handle(message: M): Promise<NotDone | undefined>;
  /** Told of each group that stops, at once: a group's wait does not begin when the slowest of the others ends. */
  handBack(messages: M[], undone: NotDone): Promise<void>;
};

export const processByGroup = async <M extends QueuedMessage>(
  messages: M[],
  steps: BatchSteps<NoInfer<M>>,
): Promise<M[]> => {
  const groups = Map.groupBy(messages, ({ groupId }) => groupId);
  const undone = await Promise.all([...groups.values()].map((group) => processInOrder(group, steps)));
  return undone.flat();
};

const processInOrder = async <M>(group: M[], { handle, handBack }: BatchSteps<M>): Promise<M[]> => {
  for (const [index, message] of group.entries()) {
    const undone = await attempt(() => handle(message));
    if (undone === undefined) continue;
    const rest = group.slice(index);
    await handBack(rest, undone);
    return rest;
  }
  return [];
};

const attempt = async (handle: () => Promise<NotDone | undefined>): Promise<NotDone | undefined> => {
  try {
    return await handle();
  } catch (error) {
    return { kind: 'failed', error };
  }
};

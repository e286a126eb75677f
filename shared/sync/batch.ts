/**
 * A batch of SQS FIFO messages → the ids that failed. Groups run side by side, messages of one group in order; after a
 * failure the rest of its group is handed back too, or SQS would give out a later one before it [R10].
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 */
export type QueuedMessage = { messageId: string; groupId: string };

export type GroupFailure<M> = { failed: M[]; error: unknown };

export const processByGroup = async <M extends QueuedMessage>(
  messages: M[],
  handle: (message: M) => Promise<void>,
): Promise<GroupFailure<M>[]> => {
  const groups = Map.groupBy(messages, ({ groupId }) => groupId);
  const failures = await Promise.all([...groups.values()].map((group) => processInOrder(group, handle)));
  return failures.filter((failure) => failure !== undefined);
};

const processInOrder = async <M>(
  group: M[],
  handle: (message: M) => Promise<void>,
): Promise<GroupFailure<M> | undefined> => {
  for (const [index, message] of group.entries()) {
    try {
      await handle(message);
    } catch (error) {
      return { failed: group.slice(index), error };
    }
  }
  return undefined;
};

/** How long a hint that failed waits before it is tried again: full jitter under a doubling limit. */
const firstLimitSeconds = 2;
const lastLimitSeconds = 15 * 60;

/** `receiveCount` is SQS's, 1 at the first try; `random` lies in [0, 1). Whole seconds, at least 1. */
export const backoffSeconds = (receiveCount: number, random: number): number => {
  const limit = Math.min(firstLimitSeconds * 2 ** (receiveCount - 1), lastLimitSeconds);
  return 1 + Math.floor(random * limit);
};

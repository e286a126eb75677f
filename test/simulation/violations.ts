/** A violation begins with the rule that is broken, or with `[HARNESS]` where the run itself has come to grief. */
export const ruleOf = (violation: string): string => {
  const rule = /^\[(R\d+|HARNESS)\]/.exec(violation)?.[1];
  if (rule === undefined) throw new Error(`A violation that names no rule: ${violation}`);
  return rule;
};

export const isOf = (violations: string[], rule: string): boolean => violations.some((one) => ruleOf(one) === rule);

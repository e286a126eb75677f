/**
 * CloudWatch's metric math, as far as our alarms use it: + - * /, comparisons and IF. Anything else throws: an expression
 * that is not understood must not pass for one that never fires.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
 */

/** The value of a metric in one period; undefined when it has no data. */
export type Lookup = (id: string) => number | undefined;
type Value = number | undefined;

const operators: Record<string, (a: number, b: number) => Value> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => (b === 0 ? undefined : a / b), // CloudWatch leaves such a point out.
  '>': (a, b) => Number(a > b),
  '<': (a, b) => Number(a < b),
  '>=': (a, b) => Number(a >= b),
  '<=': (a, b) => Number(a <= b),
  '==': (a, b) => Number(a === b),
  '!=': (a, b) => Number(a !== b),
};
/** The loosest first. */
const levels = [
  ['>=', '<=', '==', '!=', '>', '<'],
  ['+', '-'],
  ['*', '/'],
];

/** Where one operand has no data, neither has the result. */
export const evaluateMath = (expression: string, lookup: Lookup): Value => {
  const tokens = tokensOf(expression);
  const take = (): string => tokens.shift() ?? fail(expression);
  const expect = (token: string): void => {
    if (take() !== token) fail(expression);
  };

  const binary = (level: number): Value => {
    const symbols = levels[level];
    if (symbols === undefined) return operand();
    let value = binary(level + 1);
    while (symbols.includes(tokens[0] ?? '')) {
      const apply = operators[take()];
      const right = binary(level + 1);
      value = value === undefined || right === undefined ? undefined : apply?.(value, right);
    }
    return value;
  };
  const operand = (): Value => {
    const token = take();
    if (token === '-') {
      const value = operand();
      return value === undefined ? undefined : -value;
    }
    if (token === '(') return inBrackets();
    if (/^\d/.test(token)) return Number(token);
    if (tokens[0] === '(') return call(token);
    return /^[a-z]/.test(token) ? lookup(token) : fail(expression);
  };
  const inBrackets = (): Value => {
    const value = binary(0);
    expect(')');
    return value;
  };
  const call = (name: string): Value => {
    if (name !== 'IF') throw new Error(`${name} is not understood: ${expression}`);
    expect('(');
    const condition = binary(0);
    expect(',');
    const met = binary(0);
    expect(',');
    const otherwise = inBrackets();
    if (condition === undefined) return undefined;
    return condition === 0 ? otherwise : met;
  };

  const value = binary(0);
  return tokens.length === 0 ? value : fail(expression);
};

const tokensOf = (expression: string): string[] => {
  const tokens = expression.match(/>=|<=|==|!=|[-+*/(),<>]|\d+(\.\d+)?|[A-Za-z]\w*/g) ?? [];
  return tokens.join('') === expression.replace(/\s/g, '') ? [...tokens] : fail(expression);
};

const fail = (expression: string): never => {
  throw new Error(`Not understood: ${expression}`);
};

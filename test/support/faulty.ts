/** Ports that fail on order, as a crash, a lost answer or a refusal would. */

type Port = Record<string, (...given: never[]) => unknown>;

/** The same port, whose nth call (counted over all its methods) fails: before it takes effect, or after, the answer lost. */
export const failingAt = <P extends Port>(port: P, call: number, when: 'before' | 'after'): P => {
  let calls = 0;
  const wrap =
    (method: (...given: never[]) => unknown) =>
    async (...given: never[]) => {
      const fails = ++calls === call;
      if (fails && when === 'before') throw new Crash();
      const answer = await method(...given);
      if (fails) throw new Crash();
      return answer;
    };
  return Object.fromEntries(Object.entries(port).map(([name, method]) => [name, wrap(method)])) as P;
};

export class Crash extends Error {
  override readonly name = 'Crash';
}

/** The same port, which notes each call. */
export const recording = <P extends Port>(port: P): { port: P; calls: string[] } => {
  const calls: string[] = [];
  const wrap =
    (name: string, method: (...given: never[]) => unknown) =>
    (...given: never[]) => {
      calls.push(name);
      return method(...given);
    };
  const wrapped = Object.fromEntries(Object.entries(port).map(([name, method]) => [name, wrap(name, method)])) as P;
  return { port: wrapped, calls };
};

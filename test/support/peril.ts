/** A process that can die: at the call that it is told to, before or after the call takes effect, and with all that it is doing. */
import { Crash } from './faulty.ts';

type Method = (...given: unknown[]) => unknown;

/** `call` is a port and its method, such as `channels.begin`. */
export type Death = { call: string; when: 'before' | 'after' };

export const mortal = (deathAt?: Death) => {
  let isDead = false;

  const die = () => {
    isDead = true;
    throw new Crash();
  };
  const wrapped =
    (call: string, method: Method): Method =>
    async (...given) => {
      if (isDead) throw new Crash();
      const isLast = deathAt?.call === call;
      if (isLast && deathAt.when === 'before') die();
      const answer = await method(...given);
      if (isDead) throw new Crash(); // It never hears the answer.
      return isLast ? die() : answer;
    };

  return {
    /** The ports as this process sees them. */
    living: <Ports extends Record<string, object>>(ports: Ports): Ports => {
      const wrapPort = (name: string, port: object) =>
        new Proxy(port, {
          get: (target, key) => {
            const given: unknown = Reflect.get(target, key);
            return typeof given === 'function' ? wrapped(`${name}.${String(key)}`, given as Method) : given;
          },
        });
      return Object.fromEntries(Object.entries(ports).map(([name, port]) => [name, wrapPort(name, port)])) as Ports;
    },
    died: () => isDead,
  };
};

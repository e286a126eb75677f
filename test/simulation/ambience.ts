/** Time and randomness that are not the seed's: whoever asks for them within the simulation is told so at once. */
const refuse = (what: string) => (): never => {
  throw new Error(`${what} is asked for within the simulation`);
};

/** The stand-in's library for recurrences asks how far its table of time zones reaches; any day will do. */
const isCalendarLibrary = (stack = ''): boolean => stack.includes('rrule-temporal');
const someDay = Date.UTC(2026, 2, 2);

/** For a process that does nothing else: its own timers would be refused as well. */
export const banAmbience = (): void => {
  Date.now = () => (isCalendarLibrary(new Error().stack) ? someDay : refuse('Date.now')());
  Math.random = refuse('Math.random');
  const global = globalThis as Record<string, unknown>;
  for (const name of ['setTimeout', 'setInterval', 'queueMicrotask', 'fetch']) global[name] = refuse(name);
  const { Date: RealDate } = globalThis;
  global.Date = new Proxy(RealDate, {
    construct(target, given, as) {
      if (given.length === 0) refuse('The present time')();
      return Reflect.construct(target, given, as) as object;
    },
  });
};

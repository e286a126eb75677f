/**
 * An error → what a log line may say of it. Other people's errors quote what they choke on: a JSON parser the text, a header
 * check the token, Google's client the whole request. So of those there are names, codes and places, and never words [F61].
 */
import { GrantRevoked, RetryLater, SecretMalformed, Superseded, VaultLocked } from '../domain/errors.ts';
import { GoogleError } from '../google/google-error.ts';

export type Described = {
  name: string;
  message?: string;
  operation?: string;
  status?: number;
  reason?: string;
  code?: string;
  /** The names of the underlying errors, the outermost first. */
  causes?: string[];
  stack?: string[];
};

/** Their messages are made of our own words alone. */
const ours = [GoogleError, GrantRevoked, RetryLater, SecretMalformed, Superseded, VaultLocked];

export const describeError = (error: unknown): Described => {
  if (!(error instanceof Error)) return { name: typeof error };
  const causes = causesOf(error).map(inOneWord);
  return {
    name: inOneWord(error),
    ...(ours.some((kind) => error instanceof kind) && { message: error.message }),
    ...particularsOf(error),
    ...(causes.length > 0 && { causes }),
    stack: framesOf(error),
  };
};

const particularsOf = (error: Error): Omit<Described, 'name'> => {
  if (error instanceof GoogleError) {
    const { operation, status, reason } = error;
    return { operation, ...(status !== undefined && { status }), ...(reason !== undefined && { reason }) };
  }
  const code = 'code' in error ? wordOf(error.code) : undefined;
  return code === undefined ? {} : { code };
};

const causesAtMost = 5;

const causesOf = (error: Error): unknown[] => {
  const causes: unknown[] = error instanceof AggregateError ? error.errors.slice(0, causesAtMost) : [];
  for (let cause = error.cause; cause !== undefined && causes.length < causesAtMost; ) {
    causes.push(cause);
    cause = cause instanceof Error ? cause.cause : undefined;
  }
  return causes;
};

/** A name or a code, as programs give them; anything else might quote something. */
const wordOf = (value: unknown): string | undefined =>
  typeof value === 'string' && /^[A-Za-z][\w.]{0,63}$/.test(value) ? value : undefined;

const inOneWord = (error: unknown): string => {
  if (!(error instanceof Error)) return typeof error;
  const code = 'code' in error ? wordOf(error.code) : undefined;
  return wordOf(error.name) ?? code ?? 'Error';
};

const framesAtMost = 12;
/** Function, file, line and column. Looked for line by line, and not what follows the message: a message may be anything. */
const frame = /^ {4}at (?:(?:async |new )?[\w.$<>#[\] ]{1,100} )?\(?(?:file:\/\/|node:)?[\w/.@+-]{1,200}:\d+:\d+\)?$/;

const framesOf = ({ stack = '', message }: Error): string[] => {
  const places = message === '' ? stack : stack.slice(stack.lastIndexOf(message) + message.length);
  return places
    .split('\n')
    .filter((line) => frame.test(line))
    .slice(0, framesAtMost)
    .map((line) => line.trim());
};

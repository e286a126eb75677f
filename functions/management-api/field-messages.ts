/** What is wrong with a field, in words for whoever fills it in. A schema that says it better itself has the first word. */
import { en } from 'zod/locales';
import type * as z from 'zod/mini';

/** The small form of zod has no words of its own, so they are given to it. */
const { localeError: wordsOfZod } = en();

export const messageOf: z.core.$ZodErrorMap = (issue) => wordsOfOurs(issue) ?? wordsOfZod(issue);

/** Undefined where zod's own words will do. */
const wordsOfOurs = (issue: z.core.$ZodRawIssue): string | undefined => {
  if (issue.input === undefined) return 'Required';
  switch (issue.code) {
    case 'invalid_type':
      return kinds[issue.expected] && `Must be ${kinds[issue.expected]}`;
    case 'invalid_value':
      return `Must be ${issue.values.length > 1 ? 'one of ' : ''}${issue.values.map(quoted).join(', ')}`;
    case 'too_small':
      return tooSmall(issue);
    case 'too_big':
      return tooBig(issue);
  }
  return undefined;
};

const kinds: Record<string, string> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'an object',
  array: 'a list',
};

const quoted = (value: unknown): string => `"${String(value)}"`;

const tooSmall = ({ origin, minimum }: Pick<z.core.$ZodIssueTooSmall, 'origin' | 'minimum'>): string =>
  origin === 'string' || origin === 'array' ? 'Must not be empty' : `Must be at least ${minimum}`;

const tooBig = ({ origin, maximum }: Pick<z.core.$ZodIssueTooBig, 'origin' | 'maximum'>): string => {
  if (origin === 'string') return `Must be at most ${maximum} characters`;
  return origin === 'array' ? `Must have at most ${maximum} items` : `Must be at most ${maximum}`;
};

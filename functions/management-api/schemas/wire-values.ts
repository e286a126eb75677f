/** Values that go over the wire in several resources: checked by these schemas, and documented from them. */
import * as z from 'zod/mini';

/** Beyond these years lies a mistake. */
export const inOurTime = (text: string): boolean => /^(19[7-9]|20|21)\d/.test(text);
export const notInOurTime = 'Must lie in the years 1970 to 2199';

/** Says nothing of one that is left out: that it is required is said in field-messages.ts. */
export const notATime = ({ input }: { input?: unknown }): string | undefined =>
  input === undefined ? undefined : 'Must be a date or an RFC 3339 time, such as 2027-05-03T12:00:00+02:00';

export const dateOrTime = z.union([z.iso.datetime({ offset: true }), z.iso.date()], { error: notATime });

/** What a person writes. The rest cannot be kept as it is: half a character has no UTF-8, and control characters no look. */
export const plainText = z
  .string()
  .check(
    z.refine(
      (text) => text.isWellFormed() && !/[^\P{Cc}\t\n\r]/u.test(text),
      'Must be Unicode text without control characters',
    ),
  );

export const filled = (longest: number) => z.string().check(z.minLength(1), z.maxLength(longest));

export const noQuery = z.strictObject({});
export const noBody = z.optional(z.strictObject({}));

export const pageSize = (largest: number, usual: number) => {
  const digits = z._default(z.string().check(z.regex(/^\d{1,4}$/, 'Must be a whole number')), String(usual));
  return z.pipe(z.pipe(digits, z.transform(Number)), z.int().check(z.minimum(1), z.maximum(largest)));
};

export const pageCursor = z.optional(filled(512));

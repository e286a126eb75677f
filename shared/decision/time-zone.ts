/** The names that time zones go by. */

/** The one that stands for all names of a zone: Asia/Calcutta is Asia/Kolkata. Undefined when there is no such zone. */
export const canonicalZone = (name: string): string | undefined => {
  const known = canonicalZones.get(name);
  if (known !== undefined) return known;
  const canonical = askedFor(name);
  if (canonical !== undefined && canonicalZones.size < remembered) canonicalZones.set(name, canonical);
  return canonical;
};

/** Resolving a name is the costliest part of a comparison. There are some 600 names, but any of their letters may be a capital. */
const canonicalZones = new Map<string, string>();
const remembered = 1_000;

const askedFor = (timeZone: string): string | undefined => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone }).resolvedOptions().timeZone;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
};

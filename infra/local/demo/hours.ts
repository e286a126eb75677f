/** Times of the story's events. */
const timeZone = 'America/New_York';

export function hourOf(daysAhead: number) {
  const startMs = Math.trunc(Date.now() / 1_000) * 1_000 + daysAhead * 86_400_000;
  const moment = (ms: number) => ({ dateTime: new Date(ms).toISOString(), timeZone });
  return { start: moment(startMs), end: moment(startMs + 3_600_000) };
}

export function sameInstant(a: string, b: string): boolean {
  return Date.parse(a) === Date.parse(b);
}

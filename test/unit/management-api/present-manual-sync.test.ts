import { expect, test } from 'vitest';
import { presentManualSync } from '../../../functions/management-api/present-manual-sync.ts';
import type { Calendar } from '../../../shared/domain/calendar.ts';
import { asId } from '../../../shared/domain/ids.ts';
import { plusMs } from '../../../shared/domain/instant.ts';
import { aCalendar, now } from '../../support/samples.ts';

const request = { id: asId<Parameters<typeof presentManualSync>[0]['id']>('request'), requestedAt: now };
const covered = (ms: number) => aCalendar({ coveredBefore: plusMs(now, ms) });

test.each<['running' | 'done', string, Calendar[]]>([
  ['done', 'there is no calendar', []],
  ['running', 'a calendar was never synced', [aCalendar()]],
  ['running', 'its last complete sync began before the request', [covered(-1)]],
  ['running', 'its last complete sync began at that moment', [covered(0)]],
  ['done', 'a complete sync began after the request', [covered(1)]],
  ['running', 'one of two calendars is behind', [covered(1), covered(-1)]],
  ['done', 'the one that is behind is not synced at all', [covered(1), aCalendar({ enabled: false })]],
])('[R6] %s when %s', (state, _, calendars) => {
  expect(presentManualSync(request, calendars)).toEqual({ id: 'request', requestedAt: now, state });
});

import { expect, test } from 'vitest';
import { missingBoxes } from '../../../shared/connections/consent.ts';
import { scopes } from '../../../shared/google/oauth.ts';

const viewAndEdit = expect.stringContaining('View and edit events');
const seeTheList = expect.stringContaining('See the list');

test.each<[string, string[], unknown[]]>([
  ['all boxes ticked', [scopes.events, scopes.calendarList, 'openid'], []],
  ['the calendar list unticked', [scopes.events], [seeTheList]],
  ['the events unticked', [scopes.calendarList], [viewAndEdit]],
  ['nothing ticked', [], [viewAndEdit, seeTheList]],
  ['the right to read only', [`${scopes.events}.readonly`, scopes.calendarList], [viewAndEdit]],
])('[F39] %s', (_, granted, missing) => {
  expect(missingBoxes({ scopes: granted })).toEqual(missing);
});

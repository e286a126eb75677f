/** What a batch of the stream comes to, beside the records of the log (test/e2e/audit-log.test.ts). */
import { expect, test } from 'vitest';
import { project } from '../../../functions/change-stream/project.ts';

const inserted = (sk: string) => ({ eventName: 'INSERT' as const, dynamodb: { Keys: { sk: { S: sk } } } });

test('every new review item is a conflict that has opened, and nothing else comes of it', () => {
  expect(project([inserted('CONFLICT#a'), inserted('CONFLICT#b')])).toEqual({
    syncEvents: [],
    notifiedRuns: [],
    hints: [],
    conflictsOpened: 2,
  });
});

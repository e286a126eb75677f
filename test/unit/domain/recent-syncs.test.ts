import fc from 'fast-check';
import { expect, test } from 'vitest';
import { countSyncs, remembered, type SyncEnd, withSync } from '../../../shared/domain/recent-syncs.ts';

test('[R11] counts the last ends, as many as are remembered, whatever went before', () => {
  const ends = fc.array(fc.constantFrom<SyncEnd>('complete', 'failed'), { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(ends, (all) => {
      const recent = all.reduce<string | undefined>(withSync, undefined) ?? '';
      const last = all.slice(-remembered);
      const failed = last.filter((end) => end === 'failed').length;
      expect(countSyncs(recent)).toEqual({ attempts: last.length, failed });
    }),
  );
});

/** The routes for administrators in words, as operations.ts has the others. */
import type { Operation } from './operations.ts';
import * as deadLetters from './schemas/dead-letters.ts';
import { overviewReply } from './schemas/overview.ts';
import { sweepReply } from './schemas/sync.ts';
import * as vaultKeys from './schemas/vault-keys.ts';

export const adminOperations = {
  overview: { summary: 'How the whole fleet does, and where to look first', reply: overviewReply },
  sweep: { summary: 'Have calendars synced that are due', reply: sweepReply },
  deadLetters: {
    summary: 'Hints that were given up, why as far as is known, and what to do next',
    reply: deadLetters.deadLettersReply,
  },
  redriveDeadLetters: {
    summary: 'Send hints again that were given up',
    body: deadLetters.redriveBody,
    reply: deadLetters.redriveReply,
  },
  discardDeadLetters: {
    summary: 'Throw hints away that were given up; the sweep still finds what they were about',
    body: deadLetters.discardBody,
    reply: deadLetters.discardReply,
  },
  vaultKeys: { summary: 'The data keys that seal what Google has given', reply: vaultKeys.vaultKeysReply },
  rotateVaultKey: {
    summary: 'Make a new data key and seal with it from now on',
    status: 201,
    reply: vaultKeys.rotateReply,
  },
  reseal: { summary: 'Bring what is sealed under older data keys under the active one', reply: vaultKeys.resealReply },
  retireVaultKey: {
    summary: 'Throw a data key away that nothing needs any more',
    body: vaultKeys.retireBody,
    reply: vaultKeys.retireReply,
    problems: ['not-found', 'vault-key-kept'],
  },
} satisfies Record<string, Operation>;

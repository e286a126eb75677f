/** One-time OAuth states: kept by hash, given back once, to the one who deletes them [R15]. */
import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { UserId } from '../domain/ids.ts';
import { epochSecondsOf, type Instant } from '../domain/instant.ts';
import { keys } from './keys.ts';
import { fromItem, type Table, toItem } from './table.ts';

export type PendingConsent = {
  userId: UserId;
  /** PKCE's secret half; it proves to Google that the one who redeems the code is the one who asked for it. */
  codeVerifier: string;
  /** The key of the page to go to afterwards, when the frontend has named one. */
  returnTo?: string;
  /** Another account may take the place of the one that is connected. */
  replaceAccount?: true;
  expiresAt: Instant;
};

export type OAuthStates = {
  save(stateHash: string, consent: PendingConsent): Promise<void>;
  /** Gives the consent to the first who asks; undefined to everybody after. */
  take(stateHash: string): Promise<PendingConsent | undefined>;
};

export const oauthStateStore = (table: Table): OAuthStates => ({
  async save(stateHash, consent) {
    const item = toItem(keys.oauthState(stateHash), consent, { expiresAt: epochSecondsOf(consent.expiresAt) });
    await table.client.send(new PutCommand({ TableName: table.name, Item: item }));
  },

  async take(stateHash) {
    const { Attributes } = await table.client.send(
      new DeleteCommand({ TableName: table.name, Key: keys.oauthState(stateHash), ReturnValues: 'ALL_OLD' }),
    );
    return Attributes && fromItem<PendingConsent>(Attributes);
  },
});

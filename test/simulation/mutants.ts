/** Planted bugs: each changes what a port does or says, in tests only. The harness must catch every one. */

import type { HintRecord } from '../../functions/sync-consumer/consume.ts';
import type { EventWriter, GoogleCalendar } from '../../shared/google/calendar-api.ts';
import type { CalendarApi } from '../../shared/google/calendar-client.ts';
import type { Envelope } from '../../shared/queue/hint.ts';
import type { Stores } from '../support/memory-store.ts';
import type { Google } from './google.ts';
import type { Task } from './tasks.ts';

export type Mutant = {
  name: string;
  stores(stores: Stores, task: Task): Stores;
  /** Of a person's request. */
  requestStores(stores: Stores): Stores;
  /** Beneath the ports. */
  witnessed(stores: Stores, task: Task): Stores;
  api(api: CalendarApi): CalendarApi;
  google(client: Client, around: { task: Task; stores: Stores; google: Google }): Client;
  envelope(envelope: Envelope): Envelope;
  hints(hints: Envelope[]): Envelope[];
  failures(undone: HintRecord[], batch: HintRecord[]): HintRecord[];
  sweeps: boolean;
};

export type Client = GoogleCalendar & EventWriter;

export const mutantOf = (name: string | undefined): Mutant =>
  mutants.find((one) => one.name === name) ?? noMutant;

export const noMutant: Mutant = {
  name: 'none',
  stores: (stores) => stores,
  requestStores: (stores) => stores,
  witnessed: (stores) => stores,
  api: (api) => api,
  google: (client) => client,
  envelope: (envelope) => envelope,
  hints: (hints) => hints,
  failures: (undone) => undone,
  sweeps: true,
};

export const mutants: Mutant[] = [];

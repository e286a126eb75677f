/** Reads what a barber has on both sides, and what the audit log says of it. */
import { routeTable } from '../../functions/management-api/route-table.ts';
import { appointmentsReply } from '../../functions/management-api/schemas/appointments.ts';
import type { SyncEvent } from '../../shared/domain/sync-event.ts';
import type { Shown } from '../support/both-sides.ts';
import type { TestSession } from '../support/local-session.ts';
import type { SessionTable } from '../support/session-table.ts';
import type { Barber } from './barbers.ts';
import type { Sides } from './compare.ts';
import type { People } from './people.ts';

export type BarberSides = Sides & { appointments: Shown[]; log: Map<string, SyncEvent[]> };

type Readers = { session: TestSession; table: SessionTable; people: People };

export const readSides = async ({ session, table, people }: Readers, barber: Barber): Promise<BarberSides> => ({
  user: barber.user,
  made: people.book.filter(({ user }) => user === barber.user),
  events: session.google.control.events({ calendar: barber.calendar }),
  appointments: await appointmentsOf(session, barber),
  log: await table.logOf(barber.user),
});

const appointmentsOf = async ({ stack }: TestSession, { authorization }: Barber): Promise<Shown[]> => {
  const found: Shown[] = [];
  for (let page = ''; ; ) {
    const address = `${stack.apiUrl}${routeTable.appointments.path}?include=cancelled&limit=500${page}`;
    const { items, nextCursor } = appointmentsReply.parse(await callAs(authorization, 'GET', address));
    found.push(...items);
    if (nextCursor === undefined) return found;
    page = `&cursor=${encodeURIComponent(nextCursor)}`;
  }
};

/** Asks for a sync of everything, as each barber can. */
export const syncAll = async ({ stack }: TestSession, barbers: Barber[]): Promise<void> => {
  const { method, path } = routeTable.sync;
  for (const { authorization } of barbers) await callAs(authorization, method, stack.apiUrl + path);
};

const callAs = async (authorization: string, method: string, address: string): Promise<unknown> => {
  const answer = await fetch(address, { method, headers: { authorization } });
  if (!answer.ok) throw new Error(`${method} ${address} answered ${answer.status}: ${await answer.text()}`);
  return answer.json();
};

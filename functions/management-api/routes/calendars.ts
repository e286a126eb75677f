/** GET /api/v2/calendar/calendars, and PUT of one: which calendars are synced, and which one takes the bookings. */
import { type ChooseDeps, type Chosen, chooseCalendar } from '../../../shared/connections/choose-calendar.ts';
import type { Calendar } from '../../../shared/domain/calendar.ts';
import type { Connection, GrantedConnection } from '../../../shared/domain/connection.ts';
import { asId } from '../../../shared/domain/ids.ts';
import type { ConnectionStore } from '../../../shared/ports.ts';
import type { CalendarRegistry } from '../../../shared/store/calendars.ts';
import { presentChoice } from '../present-status.ts';
import { Problem } from '../problem.ts';
import { parse, type Route, type UserRequest } from '../route.ts';
import { calendarSwitches } from '../schemas/calendars.ts';
import { noQuery } from '../schemas/wire-values.ts';

export type CalendarsDeps = {
  calendars: Pick<CalendarRegistry, 'listOf'>;
  connections: Pick<ConnectionStore, 'load'>;
};

export const calendarsRoute =
  (deps: CalendarsDeps): Route<UserRequest> =>
  async ({ userId, query }) => {
    parse(noQuery, query);
    const { connection, calendars } = await load(deps, userId);
    const items = isConnected(connection) ? calendars.map((calendar) => presentChoice(calendar, connection)) : [];
    return { status: 200, body: { items } };
  };

export const chooseCalendarRoute =
  (deps: ChooseDeps & CalendarsDeps): Route<UserRequest> =>
  async ({ userId, params, query, body, now, chainId }) => {
    parse(noQuery, query);
    const switches = parse(calendarSwitches, body);
    if (!isConnected(await deps.connections.load(userId))) throw noSuchCalendar();
    const calendarId = asId<Calendar['calendarId']>(params.calendarId ?? ''); // The gateway has decoded it.
    const outcome = await chooseCalendar(deps, { userId, calendarId, ...switches }, { now, chainId });
    if (outcome.kind === 'refused') throw refusalOf(outcome);

    const { connection, calendars } = await load(deps, userId);
    const chosen = calendars.find((calendar) => calendar.calendarId === calendarId);
    if (outcome.kind === 'absent' || chosen === undefined || connection === undefined) throw noSuchCalendar();
    return { status: 200, body: presentChoice(chosen, connection) };
  };

const refusalOf = (outcome: Extract<Chosen, { kind: 'refused' }>): Problem => {
  switch (outcome.because) {
    case 'bookings_left_homeless':
      return new Problem('bookings-calendar-needed', needed);
    case 'read_only':
      return new Problem(
        'read-only',
        `“${outcome.calendar}” cannot take the bookings: Google lets this account only read it`,
      );
  }
};

const needed = 'One calendar that is synced must take the bookings. Choose another one for them first.';

/** Calendars of a connection that has ended cannot be switched. */
const isConnected = (connection: Connection | undefined): connection is GrantedConnection =>
  connection !== undefined && connection.state !== 'disconnected';

const noSuchCalendar = (): Problem => new Problem('not-found', 'There is no such calendar');

const load = async (
  { connections, calendars }: CalendarsDeps,
  userId: UserRequest['userId'],
): Promise<{ connection: Connection | undefined; calendars: Calendar[] }> => {
  const [connection, owned] = await Promise.all([connections.load(userId), calendars.listOf(userId)]);
  return { connection, calendars: owned };
};

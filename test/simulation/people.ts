/** People who edit both sides, as the seed has it: through the product's own functions here, and in Google as in Google. */
import { cancelAppointment } from '../../shared/bookings/cancel-appointment.ts';
import { createBooking } from '../../shared/bookings/create-booking.ts';
import { editAppointment } from '../../shared/bookings/edit-appointment.ts';
import { decideConflict } from '../../shared/conflicts/decide-conflict.ts';
import { loadReview } from '../../shared/conflicts/load-review.ts';
import { seenOf } from '../../shared/conflicts/review.ts';
import { takeBack } from '../../shared/conflicts/take-back.ts';
import { connect } from '../../shared/connections/connect.ts';
import { disconnect } from '../../shared/connections/disconnect.ts';
import type { Appointment } from '../../shared/domain/appointment.ts';
import { bookingIdOf, eventIdOf } from '../../shared/domain/derived-ids.ts';
import { asId, type UserId } from '../../shared/domain/ids.ts';
import { hour, type Instant, instantAt, minute } from '../../shared/domain/instant.ts';
import { ApiError } from '../google/errors.ts';
import { deleteEvent, moveEvent, patchEvent, restoreEvent } from '../google/events.ts';
import type { EventBody } from '../google/state.ts';
import { type Accounts, emailOf, otherEmailOf, userIdOf } from './accounts.ts';
import { entitiesIn } from './entities.ts';
import { unreadableMark } from './google.ts';
import type { Knobs } from './knobs.ts';
import { type Ledger, saidThere } from './ledger.ts';
import type { Operation, OperationKind } from './operations.ts';
import type { System } from './system.ts';
import { count, note, type Sim } from './tasks.ts';

export type People = ReturnType<typeof peopleIn>;

export type Setting = { sim: Sim; knobs: Knobs; system: System; ledger: Ledger; accounts: Accounts };

export const peopleIn = ({ sim, knobs, system, ledger, accounts }: Setting) => {
  const { kernel, random } = sim;
  const { google, store } = system;
  const { world } = google;
  const { accountOf, calendarsOf } = accounts;
  const entities = entitiesIn(system, accounts);
  const { entityOf, entityOfEvent, liveEvents } = entities;
  /** What was edited last comes first. */
  let recent: string[] = [];
  const touch = (entity: string): void => {
    recent = [entity, ...recent.filter((one) => one !== entity)];
  };

  const slotMs = 2 * hour;
  const firstSlot = Math.ceil(kernel.now() / (24 * hour)) * 24 * hour;
  const startOf = (nth: number): number => firstSlot + nth * slotMs;
  const spanOf = (startMs: number) => ({ start: instantAt(startMs), end: instantAt(startMs + 30 * minute) });
  /** Some clients live elsewhere; else nobody would see which zone is written. */
  const zoneOf = ({ nth }: Operation): string => (nth % 3 === 1 ? 'Asia/Tokyo' : knobs.timeZone);
  const inGoogle = (startMs: number) => {
    const { start, end } = spanOf(startMs);
    return { start: { dateTime: start, timeZone: knobs.timeZone }, end: { dateTime: end, timeZone: knobs.timeZone } };
  };

  const chosen = <T>(from: readonly T[], entity: (one: T) => string, { pick, hot }: Operation): T | undefined => {
    if (hot) {
      for (const wanted of recent.slice(0, 3)) {
        const found = from.find((one) => entity(one) === wanted);
        if (found !== undefined) return found;
      }
    }
    return from[Math.floor(pick * from.length)];
  };

  const ours = (operation: Operation, status: Appointment['status'] = 'confirmed'): Appointment | undefined => {
    const userId = userIdOf(operation.user);
    const known = [...store.appointments.values()].filter((one) => one.userId === userId && one.status === status);
    return chosen(known, entityOf, operation);
  };

  type Place = { calendarId: string; event: EventBody };

  const theirs = (operation: Operation, isWanted: (event: EventBody) => boolean = () => true): Place | undefined => {
    const places = calendarsOf(operation.user).flatMap((calendarId) =>
      liveEvents(calendarId).map((event) => ({ calendarId, event })),
    );
    const wanted = places.filter(({ event }) => isWanted(event));
    return chosen(wanted, ({ event }) => entityOfEvent(event), operation);
  };

  /** A person's request to our API; its process may die like any other. */
  const request = (
    operation: Operation,
    act: (deps: ReturnType<typeof requestDeps>, stamp: Stamp) => Promise<unknown>,
    attempts = 1,
  ): void => {
    const again = (why: unknown): void => {
      note(sim, 'person', () => `request failed: ${why}`);
      system.log.error('A request failed', why);
      if (attempts > 1) kernel.after(900, () => request(operation, act, attempts - 1));
    };
    const task = system.begin('person', 'person', () => again('no answer'));
    const stamp = {
      now: system.nowOf(task),
      chainId: asId<Stamp['chainId']>(`request-${operation.nth}`),
      userId: userIdOf(operation.user),
    };
    act(requestDeps(task), stamp).then(
      (outcome) => {
        const { kind, because } = (outcome ?? {}) as { kind?: string; because?: string };
        if (kind !== undefined) count(sim, `${operation.kind}: ${kind}${because === undefined ? '' : ` ${because}`}`);
      },
      (error) => {
        if (!task.dead) again(error);
      },
    );
  };

  type Stamp = { now: Appointment['updatedAt']; chainId: Appointment['provenance']['chainId']; userId: UserId };
  type Begun = ReturnType<System['begin']>;
  const requestDeps = (task: Begun) => ({
    ...system.syncDepsOf(task),
    ...system.storesOf(task),
    ...system.leavingOf(task),
    task,
  });

  /** Each time by so much as by no other. */
  const lengthened = (start: string, { nth }: Operation): Instant => instantAt(Date.parse(start) + (31 + nth) * minute);

  const text = (kind: string, { nth }: Operation): string => `${kind}-${nth}`;

  const edit = (
    operation: Operation,
    change: { title?: string; location?: string; notes?: string; times?: { start: Instant; end: Instant } },
    target = ours(operation),
  ) => {
    if (target === undefined) return;
    touch(entityOf(target));
    const { title, times: span, ...others } = change;
    const times = span === undefined ? {} : { ...span, timeZone: zoneOf(operation) };
    const asked = {
      edit: { ...(title !== undefined && { title }), text: others, details: {}, times },
      allowOverlap: true,
    };
    request(operation, (deps, stamp) =>
      editAppointment(deps, { userId: stamp.userId, id: target.id, versions: [] }, asked, stamp),
    );
  };

  const patch = (change: Record<string, unknown>, at: Place | undefined): void => {
    if (at === undefined) return;
    const { calendarId, event } = at;
    const calendar = world.state.calendars[calendarId];
    if (calendar === undefined) return;
    const entity = entityOfEvent(event);
    touch(entity);
    google.remember(calendarId, event.id);
    const before = saidThere(event);
    const after = patchEvent(world, calendar, event.id, change);
    ledger.edited('google', entity, before, saidThere(after), kernel.now());
    google.note(`person changes ${entity} ${JSON.stringify(change)}`);
    google.tell();
  };

  const remove = ({ calendarId, event }: Place): void => {
    const calendar = world.state.calendars[calendarId];
    if (calendar === undefined) return;
    const entity = entityOfEvent(event);
    touch(entity);
    google.remember(calendarId, event.id);
    ledger.deleted('google', entity, { over: saidThere(event), place: calendarId }, kernel.now());
    deleteEvent(world, calendar, event.id);
    google.note(`person deletes ${entity} in ${calendarId}`);
    google.tell();
  };

  const insert = (event: Record<string, unknown>, calendarId: string): EventBody => {
    const body = google.insert(calendarId, event);
    google.note(`person makes ${entityOfEvent(body)} ${JSON.stringify(event)}`);
    touch(entityOfEvent(body));
    if (body.recurrence === undefined) {
      ledger.edited('google', entityOfEvent(body), undefined, saidThere(body), kernel.now());
      return body;
    }
    for (const one of instancesOf(calendarId, body.id)) {
      ledger.edited('google', entityOfEvent(one), undefined, saidThere(one), kernel.now());
    }
    return body;
  };

  const instancesOf = (calendarId: string, masterId: string): EventBody[] =>
    liveEvents(calendarId).filter(({ recurringEventId }) => recurringEventId === masterId);

  const homeOf = ({ user, pick }: Operation): string => {
    const from = calendarsOf(user);
    return from[Math.floor(pick * 7.3 * from.length) % from.length] ?? accountOf(user);
  };

  /** Another program has an event under the very id that a booking's next event will have; it may not keep it for long. */
  const squat = (eventId: string, operation: Operation): void => {
    const calendarId = accountOf(operation.user);
    if (google.find(calendarId, eventId) !== undefined) return;
    count(sim, 'an id taken by a stranger');
    const body = google.insert(calendarId, {
      id: eventId,
      summary: `stranger-${operation.nth}`,
      ...inGoogle(startOf(operation.nth) + hour),
    });
    ledger.edited('google', entityOfEvent(body), undefined, saidThere(body), kernel.now());
    if (random.next('stranger leaves') < 0.5) return;
    kernel.after(random.between('stranger leaves', 1, 2_000), () => {
      const event = liveEvents(calendarId).find(({ id }) => id === eventId);
      if (event !== undefined) remove({ calendarId, event });
    });
  };

  /** As whoever has mistaken the hour does it. */
  const shiftAll = (user: number): void => {
    const calendarId = accountOf(user);
    for (const event of liveEvents(calendarId).filter(single)) {
      const later = ({ dateTime = '', timeZone }: EventBody['start']) => ({
        dateTime: instantAt(Date.parse(dateTime) + hour),
        timeZone,
      });
      patch({ start: later(event.start), end: later(event.end) }, { calendarId, event });
    }
  };

  const single = ({ recurringEventId }: EventBody): boolean => recurringEventId === undefined;

  const acts: Record<OperationKind, (operation: Operation) => void> = {
    book: (operation) => {
      const id = bookingIdOf(userIdOf(operation.user), `key-${operation.nth}`);
      touch(id);
      if (operation.pick < 0.05) squat(eventIdOf(id, 1), operation);
      const times = { ...spanOf(startOf(operation.nth)), allDay: false, timeZone: zoneOf(operation) };
      const asked = { title: text('title', operation), text: {}, details: {}, times };
      request(
        operation,
        (deps, stamp) => createBooking(deps, { id, userId: stamp.userId, request: asked, allowOverlap: true }, stamp),
        3,
      );
    },
    title: (operation) => edit(operation, { title: text('title', operation) }),
    place: (operation) => edit(operation, { location: text('place', operation) }),
    notes: (operation) => edit(operation, { notes: `${text('notes', operation)}\nsecond line` }),
    times: (operation) => edit(operation, { times: spanOf(startOf(operation.nth)) }),
    longer: (operation) => {
      const target = ours(operation);
      if (target === undefined) return;
      edit(operation, { times: { start: target.startsAt, end: lengthened(target.startsAt, operation) } }, target);
    },
    cancel: (operation) => {
      const target = ours(operation);
      if (target === undefined) return;
      touch(entityOf(target));
      request(operation, (deps, stamp) =>
        cancelAppointment(deps, { userId: stamp.userId, id: target.id, versions: [] }, stamp),
      );
    },
    decide: (operation) => {
      const open = [...store.conflicts.values()].filter(
        ({ status, userId }) => status === 'open' && userId === userIdOf(operation.user),
      );
      const item = open[Math.floor(operation.pick * open.length)];
      if (item === undefined) return;
      const choice = (operation.pick * 1_000) % 2 < 1 ? 'google' : 'bookedbarber';
      request(operation, async (deps, stamp) => {
        const review = await loadReview(deps, { userId: stamp.userId, id: item.id }, stamp.now);
        if (review === undefined) return undefined;
        return decideConflict(deps, item.id, { choice, seen: seenOf(review), allowOverlap: true }, stamp);
      });
    },
    undo: (operation) => {
      const closed = [...store.conflicts.values()].filter(
        ({ status, userId }) => status === 'resolved' && userId === userIdOf(operation.user),
      );
      const item = closed[Math.floor(operation.pick * closed.length)];
      if (item !== undefined) request(operation, (deps, stamp) => takeBack(deps, item.id, stamp));
    },
    insert: (operation) =>
      void insert({ summary: text('title', operation), ...inGoogle(startOf(operation.nth)) }, homeOf(operation)),
    'google title': (operation) => patch({ summary: text('title', operation) }, theirs(operation)),
    'google place': (operation) => patch({ location: text('place', operation) }, theirs(operation)),
    'google notes': (operation) =>
      patch({ description: `${text('notes', operation)}<br>more&nbsp;text` }, theirs(operation)),
    'google times': (operation) => patch(inGoogle(startOf(operation.nth)), theirs(operation)),
    'google longer': (operation) => {
      const at = theirs(operation);
      const { dateTime: start, timeZone } = at?.event.start ?? {};
      if (start !== undefined) patch({ end: { dateTime: lengthened(start, operation), timeZone } }, at);
    },
    'google zone': (operation) => {
      const at = theirs(operation);
      const elsewhere = { timeZone: 'Asia/Kolkata' };
      if (at !== undefined)
        patch({ start: { ...at.event.start, ...elsewhere }, end: { ...at.event.end, ...elsewhere } }, at);
    },
    'google delete': (operation) => {
      const at = theirs(operation);
      if (at !== undefined) remove(at);
    },
    /** All of it at once. */
    'google clear': (operation) => {
      for (const event of liveEvents(accountOf(operation.user)).filter(single))
        remove({ calendarId: accountOf(operation.user), event });
    },
    /** Each side another part, while the one is on its way to the other; or one side edits what the other deletes. */
    'both at once': (operation) => {
      const target = ours(operation);
      if (target === undefined) return;
      const entity = entityOf(target);
      edit(operation, { title: text('title', operation) }, target);
      kernel.after(random.between('both', 300, 1_500), () => {
        const at = calendarsOf(operation.user)
          .flatMap((calendarId) => liveEvents(calendarId).map((event) => ({ calendarId, event })))
          .find(({ event }) => entityOfEvent(event) === entity);
        if (operation.pick < 0.3 && at !== undefined) remove(at);
        else patch({ location: text('place', operation) }, at);
      });
    },
    'google restore': (operation) => {
      const gone = calendarsOf(operation.user).flatMap((calendarId) =>
        Object.values(world.state.calendars[calendarId]?.events ?? {})
          .filter(
            ({ body }) =>
              body.status === 'cancelled' && body.recurringEventId === undefined && body.recurrence === undefined,
          )
          .map(({ body }) => ({ calendarId, event: body })),
      );
      const madeAnew = gone.filter(({ event }) => entities.isMadeAnew(event.id));
      const at = chosen(madeAnew.length > 0 ? madeAnew : gone, ({ event }) => entityOfEvent(event), operation);
      const calendar = at && world.state.calendars[at.calendarId];
      if (at === undefined || calendar === undefined) return;
      if (calendarsOf(operation.user).some((id) => liveEvents(id).some((one) => one.id === at.event.id))) return; // Moved.
      entities.noteRestored(at.event.id);
      const entity = entityOfEvent(at.event);
      const body = restoreEvent(world, calendar, at.event.id);
      touch(entity);
      ledger.restored('google', entity, kernel.now());
      google.note(`person restores ${entity}`);
      ledger.edited('google', entity, saidThere(body), saidThere(body), kernel.now());
      google.tell();
    },
    'google burst': (operation) => {
      for (let nth = 0; nth < 4; nth++) {
        kernel.after(nth * 60, () => patch({ summary: `${text('title', operation)}.${nth}` }, theirs(operation)));
      }
    },
    'google overlap': (operation) => {
      const under = ours({ ...operation, hot: false });
      if (under === undefined) return;
      const startMs = Date.parse(under.startsAt) + (operation.nth + 1) * minute;
      insert({ summary: text('title', operation), ...inGoogle(startMs) }, accountOf(operation.user));
    },
    'google series': (operation) => {
      const recurrence = ['RRULE:FREQ=DAILY;COUNT=3'];
      const startMs = startOf(operation.nth) + 10 * 24 * hour + hour;
      insert({ summary: text('title', operation), ...inGoogle(startMs), recurrence }, homeOf(operation));
    },
    'google series title': (operation) => {
      const at = theirs(operation, (event) => !single(event));
      const calendar = at && world.state.calendars[at.calendarId];
      const masterId = at?.event.recurringEventId;
      if (at === undefined || calendar === undefined || masterId === undefined) return;
      const before = new Map(instancesOf(at.calendarId, masterId).map((one) => [one.id, saidThere(one)]));
      patchEvent(world, calendar, masterId, { summary: text('title', operation) });
      for (const one of instancesOf(at.calendarId, masterId)) {
        ledger.edited('google', entityOfEvent(one), before.get(one.id), saidThere(one), kernel.now());
      }
      google.note(`person renames the series ${masterId}`);
      google.tell();
    },
    'google series delete': (operation) => {
      const at = theirs(operation, (event) => !single(event));
      const calendar = at && world.state.calendars[at.calendarId];
      const masterId = at?.event.recurringEventId;
      if (at === undefined || calendar === undefined || masterId === undefined) return;
      for (const one of instancesOf(at.calendarId, masterId)) {
        ledger.deleted('google', entityOfEvent(one), { over: saidThere(one), place: at.calendarId }, kernel.now());
      }
      deleteEvent(world, calendar, masterId);
      google.note(`person deletes the series ${masterId}`);
      google.tell();
    },
    'google move': (operation) => {
      const at = theirs(operation, single);
      const [first, second] = calendarsOf(operation.user);
      const to = at?.calendarId === first ? second : first;
      if (at === undefined || to === undefined) return;
      const [from, destination] = [world.state.calendars[at.calendarId], world.state.calendars[to]];
      if (from === undefined || destination === undefined || from === destination) return;
      touch(entityOfEvent(at.event));
      moveEvent(world, from, destination, at.event.id);
      const entity = entityOfEvent(at.event);
      if (entity.startsWith('event:')) ledger.movedForeign(entity);
      google.note(`person moves ${entityOfEvent(at.event)} to ${to}`);
      google.tell();
    },
    'google unreadable': (operation) =>
      void insert(
        { summary: `${unreadableMark}-${operation.nth}`, ...inGoogle(startOf(operation.nth)) },
        homeOf(operation),
      ),
    'google readable': (operation) => {
      const at = theirs(operation, ({ summary }) => String(summary).startsWith(unreadableMark));
      if (at !== undefined) patch({ summary: text('title', operation) }, at);
    },
    'expire tokens': ({ user }) => {
      for (const calendarId of calendarsOf(user)) google.control.expireSyncTokens({ calendar: calendarId });
    },
    'expire access': ({ user }) => {
      for (const grant of Object.values(world.state.accessTokens)) {
        if (grant.email === accountOf(user)) grant.expiresAt = kernel.now();
      }
    },
    'drop channel': ({ user }) => {
      for (const channel of Object.values(world.state.channels)) {
        if (channel.email === accountOf(user)) google.dropChannel(channel);
      }
    },
    'rotate keys': () => system.rotateKeys(),
    revoke: ({ user }) => {
      revokeGrant(user);
      consentSoon(user);
    },
    disconnect: (operation) => {
      const { user, pick } = operation;
      const blocks = pick < 0.3 ? 'release' : 'keep';
      request(operation, (deps, stamp) => disconnect(deps, { userId: stamp.userId, blocks }, stamp));
      consentSoon(user);
    },
    /** And perhaps back to the one before, some other time. */
    'other account': ({ user }) => {
      const email = accountOf(user) === emailOf(user) ? otherEmailOf(user) : emailOf(user);
      if (world.state.accounts[email] === undefined) {
        google.control.createAccount({ email, calendars: [{ primary: true, timeZone: knobs.timeZone }] });
      }
      consent(user, email);
    },
    policy: (operation) => {
      const conflictPolicy = (['merge', 'google_wins', 'bookedbarber_wins', 'latest_wins', 'manual'] as const)[
        Math.floor(operation.pick * 5)
      ];
      if (conflictPolicy === undefined) return;
      request(operation, async (deps, stamp) => {
        const connection = await deps.connections.load(stamp.userId);
        if (connection !== undefined)
          await deps.connections.saveSettings(connection, { ...knobs.settings, conflictPolicy });
      });
    },
  };

  const revokeGrant = (user: number): void => {
    google.control.revokeGrant({ email: accountOf(user) });
    google.note(`person revokes the grant of barber-${user}`);
  };

  let consents = 0;
  /** One user may never come back. */
  const consentSoon = (user: number): void => {
    const isForGood = knobs.poisoned && user === knobs.users - 1;
    if (!isForGood) kernel.after(random.between('consent', 10_000, 30 * minute), () => consent(user));
  };
  /** As the callback does it; whoever gets an error there begins again. */
  const consent = (user: number, email = accountOf(user), attempts = 5): void => {
    consents += 1;
    const nth = consents;
    const refreshToken = `refresh.${user}.${nth}`;
    const grants = { email, scopes: ['https://www.googleapis.com/auth/calendar'], clientId: 'client' };
    world.state.refreshTokens[refreshToken] = grants;
    const again = (): void => {
      if (attempts > 0) kernel.after(2_000, () => consent(user, email, attempts - 1));
      else consentSoon(user);
    };
    const task = system.begin('person', 'consent', again);
    task.spared = nth <= knobs.users; // What is booked before there is a connection stays here, and is another story.
    const grant = {
      accessToken: google.issue(email),
      accessTokenExpiresAt: instantAt(kernel.now() + hour),
      refreshToken,
      scopes: [],
    };
    const chainId = asId<Stamp['chainId']>(`consent-${nth}`);
    connect(requestDeps(task), {
      userId: userIdOf(user),
      grant,
      replaceAccount: true,
      chainId,
      now: system.nowOf(task),
    }).then(
      () => count(sim, 'a consent'),
      (error) => {
        note(sim, task.name, () => `consent failed: ${error}`);
        system.log.error('A consent could not be completed', error);
        if (!task.dead) again();
      },
    );
  };

  return {
    ...entities,
    calendarsOf,
    consent,
    consentSoon,
    /** A barber with much to do, before anything else happens; later it is all taken away at once, or moved. */
    fillUp: (bookings: number): void => {
      for (let nth = 100; nth < 100 + bookings; nth++) {
        kernel.after(1_000 + (nth - 100) * 40, () =>
          acts.book({ nth, at: 0, kind: 'book', user: 0, pick: 0, hot: false }),
        );
      }
    },
    clear: (): void => {
      if (random.at('clear', 0) < 0.5) shiftAll(0);
      else acts['google clear']({ nth: 999, at: 0, kind: 'google clear', user: 0, pick: 0, hot: false });
    },
    revokeGrant,
    /** Something happens in the calendar, whatever it is. */
    probe: (calendarId: string): void => {
      google.insert(calendarId, { summary: 'title-probe', ...inGoogle(startOf(90)) });
    },
    perform: (operation: Operation): void => {
      note(sim, 'op', () => JSON.stringify(operation));
      try {
        acts[operation.kind](operation);
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        note(sim, 'google', () => `refuses the person: ${error.message}`);
      }
    },
  };
};

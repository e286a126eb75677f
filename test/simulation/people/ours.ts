/** What people do here: they book, change, cancel, decide and undo, through the product's own functions. */
import type { Removable } from '../../../shared/bookings/booking-request.ts';
import { cancelAppointment } from '../../../shared/bookings/cancel-appointment.ts';
import { createBooking } from '../../../shared/bookings/create-booking.ts';
import { editAppointment } from '../../../shared/bookings/edit-appointment.ts';
import { decideConflict } from '../../../shared/conflicts/decide-conflict.ts';
import { loadReview } from '../../../shared/conflicts/load-review.ts';
import { seenOf } from '../../../shared/conflicts/review.ts';
import { takeBack } from '../../../shared/conflicts/take-back.ts';
import type { BookingDetails } from '../../../shared/domain/appointment.ts';
import { bookingIdOf, eventIdFor } from '../../../shared/domain/derived-ids.ts';
import type { Instant } from '../../../shared/domain/instant.ts';
import { userIdOf } from '../accounts.ts';
import type { Operation } from '../operations.ts';
import { count } from '../tasks.ts';
import { detailsOf } from './details.ts';
import type { Acts, Hand } from './hand.ts';
import type { InGoogle } from './in-google.ts';
import type { Requests } from './requests.ts';

type Change = {
  title?: string;
  location?: string;
  notes?: string;
  details?: Removable<BookingDetails>;
  times?: { start: Instant; end: Instant };
};

type Kind =
  | 'book'
  | 'title'
  | 'place'
  | 'notes'
  | 'times'
  | 'longer'
  | 'cancel'
  | 'decide'
  | 'undo'
  | 'both at once'
  | 'details';

export const actsHere = (hand: Hand, { request }: Requests, { squat, patch, remove }: InGoogle): Acts<Kind> => {
  const { sim, knobs, system, accounts, entities, touch, ours, text, startOf, spanOf, zoneOf, lengthened } = hand;
  const { kernel, random } = sim;
  const { store } = system;
  const { calendarsOf } = accounts;
  const { entityOf, entityOfEvent, liveEvents } = entities;
  const details = detailsOf(hand);
  const edit = (operation: Operation, change: Change, target = ours(operation)) => {
    if (target === undefined) return;
    touch(entityOf(target));
    const { title, times: span, details: given = {}, ...others } = change;
    const times = span === undefined ? {} : { ...span, timeZone: zoneOf(operation) };
    const asked = {
      edit: { ...(title !== undefined && { title }), text: others, details: given, times },
      allowOverlap: true,
    };
    request(operation, (deps, stamp) =>
      editAppointment(deps, { userId: stamp.userId, id: target.id, versions: [] }, asked, stamp),
    );
  };

  return {
    book: (operation) => {
      const id = bookingIdOf(userIdOf(operation.user), `key-${operation.nth}`);
      touch(id);
      if (operation.pick < 0.05) squat(eventIdFor(id, 1), operation);
      const times = { ...spanOf(startOf(operation.nth)), allDay: false, timeZone: zoneOf(operation) };
      const asked = knobs.detailed
        ? { ...details.booked(operation), times }
        : { title: text('title', operation), text: {}, details: {}, times };
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
    /** By themselves, or along with the notes. */
    details: (operation) => {
      const { nth } = operation;
      const target = ours(operation, 'confirmed', ({ kind }) => kind === 'booking');
      if (target === undefined) return;
      const isAlone = random.at('details alone', nth) < 0.7;
      count(sim, isAlone ? 'an edit of details alone' : 'an edit of details and notes');
      edit(
        operation,
        { details: details.changed(operation), ...(!isAlone && { notes: text('notes', operation) }) },
        target,
      );
    },
  };
};

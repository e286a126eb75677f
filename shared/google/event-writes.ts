/**
 * Writing events, over HTTP. A write whose answer was lost throws like any trouble and is repeated: an insert then meets
 * itself as `duplicate`, a change its own new version as `stale`, a deletion or a move finds the event `gone`.
 */
import type { calendar_v3 } from 'googleapis/build/src/apis/calendar/v3.js';
import { readCopy, readWritten } from './answers.ts';
import { as, ask, isOneOf, options } from './ask.ts';
import type { Caller, EventRef, EventWriter } from './calendar-api.ts';
import { newEvent, rewriteOf } from './event-body.ts';
import { eventFields } from './event-schema.ts';

/** Nobody gets an e-mail because we keep two calendars equal; the default is Google's to change. */
const silently = { sendUpdates: 'none' } as const;

/**
 * Google ignores conference data and attachments in the body of a client that does not declare support for them.
 * https://developers.google.com/workspace/calendar/api/v3/reference/events/update
 */
const wholly = { supportsAttachments: true, conferenceDataVersion: 1 } as const;

export type Answer = Promise<{ data: unknown }>;

export type EventsApi = {
  events: {
    get(query: calendar_v3.Params$Resource$Events$Get, options: object): Answer;
    insert(query: calendar_v3.Params$Resource$Events$Insert, options: object): Answer;
    update(query: calendar_v3.Params$Resource$Events$Update, options: object): Answer;
    patch(query: calendar_v3.Params$Resource$Events$Patch, options: object): Answer;
    delete(query: calendar_v3.Params$Resource$Events$Delete, options: object): Answer;
    move(query: calendar_v3.Params$Resource$Events$Move, options: object): Answer;
  };
};

export const eventWrites = (api: EventsApi): EventWriter => {
  const read = async (caller: Caller, { calendarId, eventId }: EventRef) => {
    const query = { ...as(caller), calendarId, eventId };
    try {
      return readCopy(await ask('events.get', () => api.events.get(query, options(caller))));
    } catch (error) {
      if (isOneOf(error, 'gone')) return { change: { kind: 'deleted', id: eventId } } as const;
      throw error;
    }
  };

  /** A deleted event may also refuse writes with a 403, and a 404 may be about the calendar, so the event itself is asked for. */
  const isGone = async (error: unknown, caller: Caller, event: EventRef): Promise<boolean> =>
    isOneOf(error, 'gone', 'forbidden') && (await read(caller, event)).change.kind === 'deleted';

  return {
    readEvent: read,

    async insertEvent(caller, { calendarId, eventId, mark, content }) {
      const requestBody = newEvent(eventId, mark, content);
      const query = { ...as(caller), ...silently, calendarId, fields: eventFields, requestBody };
      try {
        const data = await ask('events.insert', () => api.events.insert(query, options(caller)));
        return { kind: 'written', event: readWritten('events.insert', data) };
      } catch (error) {
        if (isOneOf(error, 'duplicate')) return { kind: 'duplicate' };
        throw error;
      }
    },

    async updateEvent(caller, { calendarId, eventId, copy, content }) {
      const { method, etag, body: requestBody, eventLabelVersion } = rewriteOf(copy, content);
      const query = { ...as(caller), ...silently, calendarId, eventId, fields: eventFields, requestBody };
      const request =
        method === 'PUT'
          ? () => api.events.update({ ...query, ...wholly, eventLabelVersion }, options(caller, etag))
          : () => api.events.patch(query, options(caller, etag));
      const operation = method === 'PUT' ? 'events.update' : 'events.patch';
      try {
        return { kind: 'written', event: readWritten(operation, await ask(operation, request)) };
      } catch (error) {
        if (isOneOf(error, 'stale')) return { kind: 'stale' };
        if (await isGone(error, caller, { calendarId, eventId })) return { kind: 'gone' };
        throw error;
      }
    },

    async deleteEvent(caller, { calendarId, eventId, etag }) {
      const query = { ...as(caller), ...silently, calendarId, eventId };
      try {
        await ask('events.delete', () => api.events.delete(query, options(caller, etag)));
        return 'deleted';
      } catch (error) {
        if (isOneOf(error, 'gone')) return 'deleted';
        if (isOneOf(error, 'stale')) return 'stale';
        throw error;
      }
    },

    async moveEvent(caller, { calendarId, eventId, destination }) {
      const query = { ...as(caller), ...silently, calendarId, eventId, destination, fields: eventFields };
      try {
        const data = await ask('events.move', () => api.events.move(query, options(caller)));
        return { kind: 'written', event: readWritten('events.move', data) };
      } catch (error) {
        if (await isGone(error, caller, { calendarId, eventId })) return { kind: 'gone' };
        throw error;
      }
    },
  };
};

/**
 * Google Calendar's API over HTTP: this file and event-writes.ts alone know its methods and parameters.
 * Every method throws a GoogleError for what is no success; the queue and the sweep repeat what is worth it.
 */
import { calendar_v3 } from 'googleapis/build/src/apis/calendar/v3.js';
import { epochMsOf } from '../domain/instant.ts';
import { type ListPage, readCalendars, readEvent, readEvents, readOccurrences, readWatch } from './answers.ts';
import { as, ask, isOneOf, options } from './ask.ts';
import type { EventWriter, GoogleCalendar } from './calendar-api.ts';
import { eventFields } from './event-schema.ts';
import { eventWrites } from './event-writes.ts';
import { GoogleError } from './google-error.ts';

const eventsPerPage = 2_500;
const calendarsPerPage = 250;
/** Far more than Google lets a person have; this bounds the loop, not the user. */
const maxPagesPerList = 20;

export const googleCalendar = (rootUrl: string): GoogleCalendar & EventWriter => {
  const api = new calendar_v3.Calendar({ rootUrl });

  return {
    ...eventWrites(api),

    listCalendars(caller) {
      const request = { ...options(caller), retry: true }; // A person waits for this one; no queue would repeat it.
      return listWhole(async (page) => {
        const query = { ...as(caller), ...page, maxResults: calendarsPerPage };
        return readCalendars(await ask('calendarList.list', () => api.calendarList.list(query, request)));
      });
    },

    async listEvents(caller, { calendarId, window, cursor, pageToken }) {
      const query = {
        ...as(caller),
        calendarId,
        maxResults: eventsPerPage,
        singleEvents: true,
        fields: `timeZone,nextPageToken,nextSyncToken,items(${eventFields})`,
        ...(cursor === undefined ? { timeMin: window.from, timeMax: window.to } : { syncToken: cursor }),
        ...(pageToken !== undefined && { pageToken }),
      };
      try {
        return readEvents(await ask('events.list', () => api.events.list(query, options(caller))));
      } catch (error) {
        if (isExpired(error, query)) return { kind: 'expired' };
        throw error;
      }
    },

    async getEvent(caller, { calendarId, eventId }) {
      const query = { ...as(caller), calendarId, eventId, fields: eventFields };
      try {
        return readEvent(await ask('events.get', () => api.events.get(query, options(caller))));
      } catch (error) {
        if (isOneOf(error, 'gone')) return { kind: 'deleted', id: eventId };
        throw error;
      }
    },

    async listOccurrences(caller, { calendarId, seriesId, window }) {
      const query = {
        ...as(caller),
        calendarId,
        eventId: seriesId,
        timeMin: window.from,
        timeMax: window.to,
        maxResults: eventsPerPage,
        fields: 'nextPageToken,items(id,status)',
      };
      try {
        const ids = await listWhole(async (page) => {
          const data = await ask('events.instances', () =>
            api.events.instances({ ...query, ...page }, options(caller)),
          );
          return readOccurrences(data);
        });
        return new Set(ids);
      } catch (error) {
        if (isOneOf(error, 'gone', 'rejected')) return new Set(); // What it answers for a deleted series is not documented.
        throw error;
      }
    },

    async watch(caller, { calendarId, channelId, address, token, expiresAt }) {
      const requestBody = { id: channelId, type: 'web_hook', address, token, expiration: String(epochMsOf(expiresAt)) };
      const data = await ask('events.watch', () =>
        api.events.watch({ ...as(caller), calendarId, requestBody }, options(caller)),
      );
      return readWatch(data, expiresAt);
    },

    async stop(caller, { id, resourceId }) {
      try {
        await ask('channels.stop', () =>
          api.channels.stop({ ...as(caller), requestBody: { id, resourceId } }, options(caller)),
        );
        return 'stopped';
      } catch (error) {
        if (isOneOf(error, 'gone')) return 'unknown';
        throw error;
      }
    },
  };
};

const listWhole = async <T>(readPage: (page: { pageToken?: string }) => Promise<ListPage<T>>): Promise<T[]> => {
  const found: T[] = [];
  let pageToken: string | undefined;
  for (let page = 0; page < maxPagesPerList; page++) {
    const { items, nextPageToken } = await readPage(pageToken === undefined ? {} : { pageToken });
    found.push(...items);
    if (nextPageToken === undefined) return found;
    pageToken = nextPageToken;
  }
  throw new Error(`A list has more than ${maxPagesPerList} pages`);
};

/** A malformed token is a 400 where an expired one is a 410; both mean: list everything again. */
const isExpired = (error: unknown, query: { syncToken?: string; pageToken?: string }): boolean =>
  isOneOf(error, 'expired') ||
  (error instanceof GoogleError &&
    (error.status === 400 || error.status === 410) &&
    (query.syncToken ?? query.pageToken) !== undefined);

/** A program that is none of ours: it edits a calendar through Google's API, with the real client. */
import { calendar_v3 } from 'googleapis/build/src/apis/calendar/v3.js';
import type { Session } from '../session.ts';

export function calendarClient({ google }: Pick<Session, 'google'>, email: string): calendar_v3.Calendar {
  if (google === undefined) throw new Error('Only the stand-in gives out tokens without consent');
  const { accessToken } = google.control.mintAccessToken({ email });
  const headers = { authorization: `Bearer ${accessToken}` };
  return new calendar_v3.Calendar({ rootUrl: `${google.url}/`, headers, retry: false });
}

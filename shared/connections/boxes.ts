/** The boxes that the user must tick, in the words of Google's consent page. */
import type { scopes } from '../google/oauth.ts';

export const boxes: Record<keyof typeof scopes, string> = {
  events: 'View and edit events on all your calendars',
  calendarList: 'See the list of Google calendars you’re subscribed to',
};

/**
 * The version of the query that cursors are made with. Google wants every parameter but the listing's bounds to be the
 * same as when the cursor was made, so change this with any parameter of `events.list`.
 * https://developers.google.com/workspace/calendar/api/guides/sync
 */
export const queryVersion = 1;

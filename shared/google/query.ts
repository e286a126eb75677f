/**
 * The version of the query that cursors are made with. Google wants every parameter but the listing's bounds to be the
 * same as when the cursor was made, so change this with any parameter of `events.list`. `fields` is none: every method has
 * it, and it selects from the answer only. Change it too when more events can be read than before: everything is listed
 * anew then, and what was set aside comes out of quarantine.
 * https://developers.google.com/workspace/calendar/api/guides/sync
 */
export const queryVersion = 1;

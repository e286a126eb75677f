/** What the reader of a health score can do next. Each step is reachable from some state of the sync. */
export const steps = [
  'connect_again',
  'choose_calendar',
  'switch_on_calendar',
  'enable_real_time_sync',
  'restore_access',
  'sync_now',
  'renew_channels',
  'check_webhook_address',
  'compare_again',
  'review_conflicts',
  'mend_events',
  'wait',
] as const;
export type Step = (typeof steps)[number];

export type Recommendation = { step: Step; text: string };

const texts: Record<Step, string> = {
  connect_again: 'Connect again: GET /api/v2/calendar/connect. Nothing is lost meanwhile.',
  choose_calendar:
    'Switch it off, or let another calendar take its place: PUT /api/v2/calendar/calendars/{calendarId}.',
  switch_on_calendar: 'Switch a calendar on: PUT /api/v2/calendar/calendars/{calendarId}.',
  enable_real_time_sync: 'Switch real-time sync on: POST /api/v2/calendar/real-time-sync/enable.',
  restore_access: 'Give the connected account access to this calendar again in Google Calendar, then sync.',
  sync_now: 'Sync now: POST /api/v2/calendar/sync. It also mends the channel.',
  renew_channels:
    'Have the channels renewed: POST /api/v2/calendar/webhooks/renew. If that does not help, tell whoever runs the service.',
  check_webhook_address:
    'For whoever runs the service: Google must accept its webhook address (https, a certificate that Google trusts, a domain that the project may use); see docs/deploying.md. Then POST /api/v2/calendar/webhooks/renew.',
  compare_again:
    'Compare both sides again: POST /api/v2/calendar/sync/compare. What differs is listed anew and mended.',
  review_conflicts: 'Decide what is open: GET /api/v2/calendar/conflicts?status=open.',
  mend_events: 'Save the events that are set aside again in Google Calendar, or delete them there.',
  wait: 'Nothing to do: it mends itself, or is tried again within the hour.',
};

export const recommend = (step: Step): Recommendation => ({ step, text: texts[step] });

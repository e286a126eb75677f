/** Every route of the management API as data: the gateway is built from it (infra/) and the handler is typed by it. */
export type Access = 'public' | 'user' | 'admin';

export const routeTable = {
  connect: { method: 'GET', path: '/api/v2/calendar/connect', access: 'user' },
  disconnect: { method: 'POST', path: '/api/v2/calendar/disconnect', access: 'user' },
  callback: { method: 'GET', path: '/api/calendar/callback', access: 'public' },
  status: { method: 'GET', path: '/api/v2/calendar/real-time-sync/status', access: 'user' },
  enable: { method: 'POST', path: '/api/v2/calendar/real-time-sync/enable', access: 'user' },
  disable: { method: 'POST', path: '/api/v2/calendar/real-time-sync/disable', access: 'user' },
  appointments: { method: 'GET', path: '/api/v2/appointments', access: 'user' },
  createAppointment: { method: 'POST', path: '/api/v2/appointments', access: 'user' },
  appointment: { method: 'GET', path: '/api/v2/appointments/{id}', access: 'user' },
  editAppointment: { method: 'PATCH', path: '/api/v2/appointments/{id}', access: 'user' },
  cancelAppointment: { method: 'DELETE', path: '/api/v2/appointments/{id}', access: 'user' },
  conflicts: { method: 'GET', path: '/api/v2/calendar/conflicts', access: 'user' },
  conflict: { method: 'GET', path: '/api/v2/calendar/conflicts/{id}', access: 'user' },
  resolveConflict: { method: 'POST', path: '/api/v2/calendar/conflicts/{id}/resolve', access: 'user' },
  undoConflict: { method: 'POST', path: '/api/v2/calendar/conflicts/{id}/undo', access: 'user' },
  calendars: { method: 'GET', path: '/api/v2/calendar/calendars', access: 'user' },
  chooseCalendar: { method: 'PUT', path: '/api/v2/calendar/calendars/{calendarId}', access: 'user' },
  settings: { method: 'GET', path: '/api/v2/calendar/settings', access: 'user' },
  changeSettings: { method: 'PUT', path: '/api/v2/calendar/settings', access: 'user' },
  pushExisting: { method: 'POST', path: '/api/v2/calendar/push-existing', access: 'user' },
  syncLogs: { method: 'GET', path: '/api/v2/calendar/sync-logs', access: 'user' },
  sync: { method: 'POST', path: '/api/v2/calendar/sync', access: 'user' },
  renewWebhooks: { method: 'POST', path: '/api/v2/calendar/webhooks/renew', access: 'user' },
  compare: { method: 'POST', path: '/api/v2/calendar/sync/compare', access: 'user' },
  health: { method: 'GET', path: '/api/v2/calendar/sync/health', access: 'user' },
  overview: { method: 'GET', path: '/api/v2/admin/sync/overview', access: 'admin' },
  sweep: { method: 'POST', path: '/api/v2/admin/sweep', access: 'admin' },
  deadLetters: { method: 'GET', path: '/api/v2/admin/dead-letters', access: 'admin' },
  redriveDeadLetters: { method: 'POST', path: '/api/v2/admin/dead-letters/redrive', access: 'admin' },
  discardDeadLetters: { method: 'POST', path: '/api/v2/admin/dead-letters/discard', access: 'admin' },
  vaultKeys: { method: 'GET', path: '/api/v2/admin/vault-keys', access: 'admin' },
  rotateVaultKey: { method: 'POST', path: '/api/v2/admin/vault-keys/rotate', access: 'admin' },
  reseal: { method: 'POST', path: '/api/v2/admin/vault-keys/reseal', access: 'admin' },
  retireVaultKey: { method: 'POST', path: '/api/v2/admin/vault-keys/retire', access: 'admin' },
  openapi: { method: 'GET', path: '/api/v2/openapi.json', access: 'public' },
} as const satisfies Record<
  string,
  { method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'; path: string; access: Access }
>;

/** The headers of a request that routes read, beside what says who asks and what the body is: no route sees a token. */
export const requestHeaders = ['if-match', 'idempotency-key'] as const;

export type RouteName = keyof typeof routeTable;

/** The scope that the JWT authorizer asks for on routes of access `admin`. */
export const adminScope = 'calendar-sync:admin';

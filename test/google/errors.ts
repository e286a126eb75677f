/**
 * The two error bodies of Google: the Calendar backend's, without `status`, and the front end's
 * (authentication, scopes, request syntax), with it.
 * https://developers.google.com/workspace/calendar/api/guides/errors
 */
export type ErrorDetail = { domain: string; reason: string; message: string; locationType?: string; location?: string };

/** A refusal that Google would send; the server turns it into the reply. */
export class ApiError extends Error {
  readonly code: number;
  readonly body: object;
  constructor(code: number, body: object) {
    super(`${code} ${JSON.stringify(body)}`);
    this.code = code;
    this.body = body;
  }
}

export function backendError(code: number, detail: ErrorDetail): ApiError {
  return new ApiError(code, { error: { errors: [detail], code, message: detail.message } });
}

export function frontEndError(code: number, status: string, message: string, detail: ErrorDetail, details?: object[]) {
  return new ApiError(code, { error: { code, message, errors: [detail], status, ...(details && { details }) } });
}

const refusal = (code: number, domain: string, reason: string, fallback: string) => (message?: string) =>
  backendError(code, { domain, reason, message: message ?? fallback });

export const invalid = refusal(400, 'global', 'invalid', 'Invalid Value');
export const restricted = () => invalid('Sync token cannot be used with other request restrictions');
export const required = refusal(400, 'global', 'required', 'Required');
export const timeRangeEmpty = refusal(400, 'calendar', 'timeRangeEmpty', 'The specified time range is empty.');
export const forbidden = refusal(403, 'global', 'forbidden', 'Forbidden');
export const notFound = refusal(404, 'global', 'notFound', 'Not Found');
export const duplicate = refusal(409, 'global', 'duplicate', 'The requested identifier already exists.');
export const deleted = refusal(410, 'global', 'deleted', 'Resource has been deleted');
export const notOrganizer = refusal(
  403,
  'calendar',
  'forbiddenForNonOrganizer',
  'Shared properties can only be changed by the organizer of the event.',
);
export const writerNeeded = refusal(
  403,
  'calendar',
  'requiredAccessLevel',
  'You need to have writer access to this calendar.',
);

export function invalidParameter(location: string, message: string): ApiError {
  return backendError(400, { domain: 'global', reason: 'invalid', message, locationType: 'parameter', location });
}

export function fullSyncRequired(): ApiError {
  const message = 'Sync token is no longer valid, a full sync is required.';
  const where = { locationType: 'parameter', location: 'syncToken' };
  return backendError(410, { domain: 'calendar', reason: 'fullSyncRequired', message, ...where });
}

export function updatedMinTooLongAgo(): ApiError {
  const message = 'The requested minimum modification time lies too far in the past.';
  const where = { locationType: 'parameter', location: 'updatedMin' };
  return backendError(410, { domain: 'calendar', reason: 'updatedMinTooLongAgo', message, ...where });
}

export function conditionNotMet(): ApiError {
  const where = { locationType: 'header', location: 'If-Match' };
  return backendError(412, {
    domain: 'global',
    reason: 'conditionNotMet',
    message: 'Precondition Failed',
    ...where,
  });
}

export function unknownName(name: string, kind: 'query parameter' | 'field'): ApiError {
  const message = `Invalid JSON payload received. Unknown name "${name}": Cannot bind ${kind}.`;
  return frontEndError(400, 'INVALID_ARGUMENT', message, { message, domain: 'global', reason: 'badRequest' });
}

const credentialHelp =
  'Expected OAuth 2 access token, login cookie or other valid authentication credential. ' +
  'See https://developers.google.com/identity/sign-in/web/devconsole-project.';
const header = { location: 'Authorization', locationType: 'header' };

export function credentialMissing(): ApiError {
  const message = `Request is missing required authentication credential. ${credentialHelp}`;
  const detail = { message: 'Login Required.', domain: 'global', reason: 'required', ...header };
  return frontEndError(401, 'UNAUTHENTICATED', message, detail);
}

export function credentialInvalid(): ApiError {
  const message = `Request had invalid authentication credentials. ${credentialHelp}`;
  const detail = { message: 'Invalid Credentials', domain: 'global', reason: 'authError', ...header };
  return frontEndError(401, 'UNAUTHENTICATED', message, detail);
}

export function scopeInsufficient(method: string): ApiError {
  const detail = { message: 'Insufficient Permission', domain: 'global', reason: 'insufficientPermissions' };
  const info = {
    '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
    reason: 'ACCESS_TOKEN_SCOPE_INSUFFICIENT',
    domain: 'googleapis.com',
    metadata: { service: 'calendar-json.googleapis.com', method },
  };
  const message = 'Request had insufficient authentication scopes.';
  return frontEndError(403, 'PERMISSION_DENIED', message, detail, [info]);
}

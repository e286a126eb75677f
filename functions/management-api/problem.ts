/** A refusal that a client can act on: RFC 9457 problem details with a stable type. */
const statuses = {
  'invalid-request': 400,
  unauthorized: 401,
  'not-found': 404,
  'not-connected': 409,
  'no-bookings-calendar': 409,
  'double-booking': 409,
  'appointment-cancelled': 409,
  'read-only': 409,
  'stale-decision': 409,
  'already-decided': 409,
  'choice-refused': 409,
  'undo-refused': 409,
  'bookings-calendar-needed': 409,
  'version-mismatch': 412,
  'body-too-large': 413,
  'unsupported-media-type': 415,
  'idempotency-key-reused': 422,
  'consent-state-invalid': 400,
  'consent-refused': 403,
  'consent-incomplete': 403,
  'other-account': 409,
  'google-unavailable': 502,
  'vault-key-kept': 409,
  conflict: 409,
  'try-again': 503,
  'internal-error': 500,
} as const;

export type ProblemSlug = keyof typeof statuses;

export const statusOf = (slug: ProblemSlug): (typeof statuses)[ProblemSlug] => statuses[slug];

/** Which field is wrong, and how. */
export type FieldError = { field: string; message: string };

/** `members`: what this kind of problem tells beside its detail. */
type Extras = { errors?: FieldError[]; members?: Record<string, unknown>; cause?: unknown };

/** Thrown by routes; the handler answers with it. The message is shown to the client. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly slug: ProblemSlug;
  readonly status: number;
  readonly errors: FieldError[] | undefined;
  readonly members: Record<string, unknown>;

  constructor(slug: ProblemSlug, detail: string, { errors, members = {}, cause }: Extras = {}) {
    super(detail, { cause });
    this.slug = slug;
    this.status = statusOf(slug);
    this.errors = errors;
    this.members = members;
  }
}

/** Says which fields are wrong, by name. */
export const invalidRequest = (errors: FieldError[]): Problem =>
  new Problem('invalid-request', 'The request is not as it should be', { errors });

export const problemType = (slug: ProblemSlug): string => `urn:bookedbarber:problem:${slug}`;

/** A refusal that a client can act on: RFC 9457 problem details with a stable type. */
const statuses = {
  'invalid-request': 400,
  unauthorized: 401,
  'not-found': 404,
  'not-connected': 409,
  'consent-state-invalid': 400,
  'consent-refused': 403,
  'consent-incomplete': 403,
  'other-account': 409,
  'google-unavailable': 502,
  conflict: 409,
  'try-again': 503,
  'internal-error': 500,
} as const;

export type ProblemSlug = keyof typeof statuses;

/** Which field is wrong, and how. */
export type FieldError = { field: string; message: string };

/** Thrown by routes; the handler answers with it. The message is shown to the client. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly slug: ProblemSlug;
  readonly status: number;
  readonly errors: FieldError[] | undefined;

  constructor(slug: ProblemSlug, detail: string, { errors, cause }: { errors?: FieldError[]; cause?: unknown } = {}) {
    super(detail, { cause });
    this.slug = slug;
    this.status = statuses[slug];
    this.errors = errors;
  }
}

/** Says which fields are wrong, by name. */
export const invalidRequest = (errors: FieldError[]): Problem =>
  new Problem('invalid-request', 'The request is not as it should be', { errors });

export const problemType = (slug: ProblemSlug): string => `urn:bookedbarber:problem:${slug}`;

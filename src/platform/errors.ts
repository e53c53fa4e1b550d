// The mechanism of the error catalogue and its common entries. A module adds its own entries in
// its `errors.ts`; each surface renders both in its reference's form (`http/render.ts`).

export interface ErrorEntry {
  status: number
  /** What happened, one sentence without a full stop. */
  title: string
  /** What to do next, one sentence without a full stop. */
  fix: string
}

export type Details = Readonly<Record<string, unknown>>

export interface ProblemOptions {
  /** Replaces the entry's title where more can be said. Public: never a secret, never internals. */
  message?: string
  details?: Details
  headers?: Readonly<Record<string, string>>
  /** Logged, never shown. */
  cause?: unknown
}

/** An error that a caller may see. Everything else becomes `internal`. */
export class Problem extends Error {
  readonly code: string
  readonly status: number
  readonly fix: string
  readonly details: Details
  readonly headers: Readonly<Record<string, string>>

  constructor(code: string, entry: ErrorEntry, options: ProblemOptions = {}) {
    super(options.message ?? entry.title, { cause: options.cause })
    this.name = 'Problem'
    this.code = code
    this.status = entry.status
    this.fix = entry.fix
    this.details = options.details ?? {}
    this.headers = options.headers ?? {}
  }
}

export interface ErrorCatalogue<Code extends string> {
  readonly entries: Readonly<Record<Code, ErrorEntry>>
  problem(code: Code, options?: ProblemOptions): Problem
}

export function defineErrors<const Entries extends Record<string, ErrorEntry>>(
  entries: Entries,
): ErrorCatalogue<Extract<keyof Entries, string>> {
  return {
    entries,
    problem: (code, options) => new Problem(code, entries[code] as ErrorEntry, options),
  }
}

export const common = defineErrors({
  invalid_request: {
    status: 400,
    title: 'The request is not valid',
    fix: 'Correct the fields named in details and send it again',
  },
  unauthorized: {
    status: 401,
    title: 'Missing or invalid credentials',
    fix: 'Send a key of this surface as "Authorization: Bearer <key>"',
  },
  token_expired: {
    status: 401,
    title: 'The key has expired',
    fix: 'Create a new key, or rotate keys before they expire',
  },
  key_revoked: {
    status: 401,
    title: 'The key has been revoked',
    fix: 'Create a new key',
  },
  forbidden: {
    status: 403,
    title: 'The credentials are valid but lack the permission',
    fix: 'Use a key that carries the scope named in details',
  },
  workspace_access_denied: {
    status: 403,
    title: 'No access to the workspace',
    fix: 'Leave out X-Workspace-ID or name a workspace of this organization',
  },
  not_found: {
    status: 404,
    title: 'There is nothing at this address',
    fix: 'See the reference under docs of the surface for what exists',
  },
  metrics_closed: {
    status: 403,
    title: 'The metrics are not open to this request',
    fix: 'Send PANTHERA_METRICS_TOKEN as "Authorization: Bearer <token>"; unset, ask on loopback',
  },
  organization_not_found: {
    status: 404,
    title: 'No such organization',
    fix: 'Use the organization_id that the key belongs to',
  },
  method_not_allowed: {
    status: 405,
    title: 'This address does not take that method',
    fix: 'Use one of the methods named in the Allow header',
  },
  conflict: {
    status: 409,
    title: 'The request conflicts with what is stored',
    fix: 'Read the current state and decide again',
  },
  too_large: {
    status: 413,
    title: 'The request is too large',
    fix: 'Send less: the limit stands in details',
  },
  unsupported_media_type: {
    status: 415,
    title: 'The content type is not supported',
    fix: 'Send one of the content types named in details',
  },
  rate_limited: {
    status: 429,
    title: 'Too many requests',
    fix: 'Wait for the seconds given in Retry-After',
  },
  internal: {
    status: 500,
    title: 'Something went wrong on our side',
    fix: 'Try again; if it stays, report the request id',
  },
  unavailable: {
    status: 503,
    title: 'The service cannot answer right now',
    fix: 'Try again in a few seconds',
  },
})

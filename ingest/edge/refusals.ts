/** Every way in which the edge refuses, with its HTTP status. The set is closed: metrics, logs and clients know it. */
export const REFUSALS = {
  NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  CONTENT_TYPE_UNSUPPORTED: 415,
  ENCODING_UNSUPPORTED: 415,
  PROTOCOL_UNSUPPORTED: 415,
  HEADER_INVALID: 400,
  REQUEST_MALFORMED: 400,
  UNAUTHENTICATED: 401,
  TIMESTAMP_SKEWED: 401,
  SIGNAL_FORBIDDEN: 403,
  ORIGIN_FORBIDDEN: 403,
  ADDRESS_LIMITED: 429,
  ORG_LIMITED: 429,
  ORG_VOLUME_EXCEEDED: 429,
  BROWSER_LIMITED: 429,
  BODY_TOO_LARGE: 413,
  TOO_MANY_ITEMS: 413,
  BODY_TIMEOUT: 408,
  BODY_INCOMPLETE: 400,
  /** Nobody hears it; 499 is what proxies write down for it. */
  CLIENT_GONE: 499,
  BODY_INVALID: 400,
  SCHEMA_INVALID: 400,
  IDEMPOTENCY_CONFLICT: 422,
  OVERLOADED: 503,
  UNAVAILABLE: 503,
  CLOSING: 503,
  INTERNAL: 500,
} as const

export type RefusalCode = keyof typeof REFUSALS

/** One thing among several that are wrong. */
export interface RefusalDetail {
  readonly path: string
  readonly message: string
}

/** A request that is not let through; its answer is `{"error": {"code", "message", "details"}}`. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly status: number
  readonly details: readonly RefusalDetail[]
  /** Seconds until it may be worth another try; null where it is not, unless the request changes. */
  readonly retryAfterSeconds: number | null

  constructor(
    readonly code: RefusalCode,
    /** A sentence: what was found, what was expected, where. */
    message: string,
    more: { readonly details?: readonly RefusalDetail[]; readonly retryAfterMs?: number } = {},
  ) {
    super(message)
    this.status = REFUSALS[code]
    this.details = more.details ?? []
    this.retryAfterSeconds = more.retryAfterMs === undefined ? null : Math.max(1, Math.ceil(more.retryAfterMs / 1000))
  }

  /** The answer's body. */
  answer(): { error: { code: RefusalCode; message: string; details: readonly RefusalDetail[] } } {
    return { error: { code: this.code, message: this.message, details: this.details } }
  }
}

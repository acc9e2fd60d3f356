import type { Attributes } from './span-item.js'

export const RUM_TYPES = ['vital', 'view', 'error', 'resource', 'custom'] as const
export type RumType = (typeof RUM_TYPES)[number]

/** An event of a browser. Absent texts are null or left out. */
export interface RumItem {
  readonly type: RumType
  /** See `readTimestamp`. Left out, the time of acceptance. */
  readonly timestamp?: string | number | null
  readonly app?: string | null
  readonly appVersion?: string | null
  readonly environment?: string | null
  readonly session?: string | null
  readonly user?: string | null
  /** Names one showing of a page. */
  readonly view?: string | null
  /** The page as dashboards group it: a path or a route. */
  readonly page?: string | null
  readonly url?: string | null
  readonly referrer?: string | null
  /** A vital's metric, a custom event's name, a resource's address. */
  readonly name?: string | null
  /** A vital's value, a resource's or a view's duration in ms, a custom event's number. */
  readonly value?: number | null
  /** Of a custom event; a vital is rated by its value, whatever the page says. */
  readonly rating?: string | null
  readonly error?: {
    readonly type?: string | null
    readonly message: string
    readonly stack?: string | null
    /** Left out, see `errorFingerprint`. */
    readonly fingerprint?: string | null
  } | null
  readonly userAgent?: string | null
  readonly browser?: string | null
  readonly browserVersion?: string | null
  readonly os?: string | null
  readonly osVersion?: string | null
  readonly device?: string | null
  /** ISO 3166-1, two letters. */
  readonly country?: string | null
  readonly region?: string | null
  readonly city?: string | null
  readonly traceId?: string | null
  readonly spanId?: string | null
  /** What a vital is attributed to: element, event type, timings. Kept as texts. */
  readonly attribution?: Attributes | null
  readonly attributes?: Attributes | null
}

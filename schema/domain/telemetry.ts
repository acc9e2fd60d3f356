/** Levels of a log record, in rising order; other spellings are mapped to these where they are known. */
export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const

export type AttributeValue = string | number | boolean

/** A stored log record. Attributes are flat, nested names joined by dots. */
export interface LogRecord {
  /** Opaque and stable: batch and position in it. */
  readonly id: string
  /** RFC 3339 in UTC with nanoseconds. */
  readonly at: string
  readonly service: string
  readonly level: string
  readonly message: string
  readonly traceId: string | null
  readonly spanId: string | null
  readonly attributes: Readonly<Record<string, AttributeValue>>
}

export const METRIC_KINDS = ['gauge', 'counter'] as const
export type MetricKind = (typeof METRIC_KINDS)[number]

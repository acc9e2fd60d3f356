/** Attributes may nest; an Error is written with its name, message and stack. */
export type Attributes = Readonly<Record<string, unknown>>

/** A point in time: a Date, an RFC 3339 text (nanoseconds are kept), or a number of s, ms, µs or ns since 1970. */
export type Time = Date | string | number

export interface LogItem {
  readonly message: string
  /** Now, where left out. */
  readonly timestamp?: Time
  readonly service?: string
  /** trace, debug, info, warn, error or fatal; other spellings are mapped where they are known. */
  readonly level?: string
  readonly traceId?: string
  readonly spanId?: string
  readonly attributes?: Attributes
}

export interface MetricItem {
  readonly name: string
  /** gauge where left out. */
  readonly kind?: string
  readonly value?: number
  /** Now, where left out. */
  readonly timestamp?: Time
  readonly service?: string
  readonly labels?: Readonly<Record<string, string>>
  /** What other kinds carry besides, as the wire has it. */
  readonly [field: string]: unknown
}

export interface SpanItem {
  /** 32 hex digits. */
  readonly traceId: string
  /** 16 hex digits. */
  readonly spanId: string
  readonly name: string
  readonly start: Time
  /** Or `durationNs`. */
  readonly end?: Time
  readonly service?: string
  readonly attributes?: Attributes
  /** Parent, kind, status, events, links and scope, as the wire has them. */
  readonly [field: string]: unknown
}

/** What an application hands over, by the signal it belongs to. */
export interface Items {
  readonly logs: LogItem
  readonly metrics: MetricItem
  readonly spans: SpanItem
}

export type ClientSignal = keyof Items

/** How a signal stands on the wire: its path, the field of a batch that lists items, and how many a batch may have. */
export interface WireForm {
  readonly path: string
  readonly field: string
  readonly maxItems: number
}

export const WIRE: Readonly<Record<ClientSignal, WireForm>> = {
  logs: { path: 'v1/logs', field: 'logs', maxItems: 1_000 },
  metrics: { path: 'v1/metrics', field: 'metrics', maxItems: 5_000 },
  spans: { path: 'v1/traces', field: 'spans', maxItems: 500 },
}

/** Fields without which the server would refuse the item, and its batch with it. */
const REQUIRED: Readonly<Record<ClientSignal, readonly string[]>> = {
  logs: ['message'],
  metrics: ['name'],
  spans: ['traceId', 'spanId', 'name'],
}

/**
 * An item as JSON, as it stands at this moment: what the application changes later does not matter.
 *
 * @param defaults What the item gets where it has none of its own.
 * @throws TypeError for what is no such item or cannot be written as JSON.
 */
export function itemText(
  signal: ClientSignal,
  item: unknown,
  defaults: { readonly now: number; readonly service: string | undefined },
): string {
  if (typeof item !== 'object' || item === null) throw new TypeError(`expected an object, found ${typeof item}`)
  const given = item as Readonly<Record<string, unknown>>
  for (const field of REQUIRED[signal])
    if (typeof given[field] !== 'string') throw new TypeError(`${field}: expected a text, found ${typeof given[field]}`)
  const filled: Record<string, unknown> = { ...given }
  if (signal !== 'spans') filled.timestamp ??= defaults.now
  if (defaults.service !== undefined) filled.service ??= defaults.service
  return JSON.stringify(filled, writable)
}

/** What JSON would lose, as the wire has it. */
function writable(_name: string, value: unknown): unknown {
  if (typeof value === 'number' && !Number.isFinite(value))
    return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf'
  if (typeof value === 'bigint') return value.toString()
  if (value instanceof Error) return { name: value.name, message: value.message, stack: value.stack }
  return value
}

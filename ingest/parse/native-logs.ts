import { checkAttributes } from './attributes.js'
import { InvalidBatchError, Issues, shown } from './issues.js'
import { BATCH_LIMITS, type TimeBounds } from './limits.js'
import { checkBatch, checkText, checkTime, unknownFields } from './native-fields.js'

/** A log as the native protocol carries it. Null means the same as absence. */
export interface NativeLog {
  /** See `readTimestamp`. Left out, the time of acceptance. */
  readonly timestamp?: string | number | null
  /** Left out or empty, `unknown`. */
  readonly service?: string | null
  /** See `storedLevel`. */
  readonly level?: string | null
  readonly message: string
  readonly traceId?: string | null
  readonly spanId?: string | null
  /** Flattened by dots; see `flattenAttributes`. */
  readonly attributes?: Readonly<Record<string, unknown>> | null
  /** Further attributes that neighbouring logs share, as one object. No native log has them. */
  readonly shared?: Readonly<Record<string, unknown>>
}

/** A batch whose items have the form they claim. */
export interface NativeBatch<Item> {
  /** How many items it has. */
  readonly count: number
  /** Made when it is asked for where it takes time: who checks a batch counts them only. */
  readonly items: readonly Item[]
  /** Unix ms; null when the batch carries none. */
  readonly sentAt: number | null
}

const BATCH_FIELDS = new Set(['logs', 'sentAt'])
const LOG_FIELDS = new Set(['timestamp', 'service', 'level', 'message', 'traceId', 'spanId', 'attributes'])

/**
 * A native batch of logs: `{"logs": [{timestamp?, service?, level?, message, traceId?, spanId?, attributes?}], "sentAt"?}`.
 *
 * Written by hand: 0.2 µs a log, where the zod schema that native-logs.property.test.ts holds it against takes more; a
 * read of 1,000 logs stands in the way of every other request.
 *
 * @param bounds Times the logs may carry; null accepts any.
 * @throws InvalidBatchError with up to 20 issues.
 */
export function readNativeLogs(body: unknown, bounds: TimeBounds | null): NativeBatch<NativeLog> {
  const issues = new Issues()
  const { items, sentAt } = checkBatch(body, 'logs', BATCH_FIELDS, BATCH_LIMITS.logs, issues)
  for (let i = 0; i < items.length && !issues.full; i++) checkLog(items[i], i, bounds, issues)
  if (issues.found.length > 0) throw new InvalidBatchError(issues.found)
  // Every item was checked to be one.
  return { count: items.length, items: items as readonly NativeLog[], sentAt }
}

function checkLog(value: unknown, index: number, bounds: TimeBounds | null, issues: Issues): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    issues.add(`logs[${index}]`, `expected an object, found ${shown(value)}.`)
    return
  }
  const log = value as Readonly<Record<string, unknown>>
  const { message, timestamp, service, level, traceId, spanId } = log
  if (typeof message !== 'string') issues.add(`logs[${index}].message`, `expected a text, found ${shown(message)}.`)
  else if (message.length > BATCH_LIMITS.messageLength)
    issues.add(
      `logs[${index}].message`,
      `expected at most ${BATCH_LIMITS.messageLength} characters, found ${message.length}.`,
    )
  if (timestamp != null) checkTime(timestamp, bounds, issues, 'logs', index)
  if (service != null) checkText(service, BATCH_LIMITS.serviceLength, issues, 'logs', index, 'service')
  if (level != null) checkText(level, BATCH_LIMITS.levelLength, issues, 'logs', index, 'level')
  if (traceId != null) checkText(traceId, BATCH_LIMITS.traceIdLength, issues, 'logs', index, 'traceId')
  if (spanId != null) checkText(spanId, BATCH_LIMITS.traceIdLength, issues, 'logs', index, 'spanId')
  if (log.attributes != null) checkAttributes(log.attributes, `logs[${index}].attributes`, issues)
  unknownFields(log, LOG_FIELDS, `logs[${index}]`, issues)
}

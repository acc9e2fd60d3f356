import { InvalidBatchError, TooManyItemsError, TooManyValuesError } from '../../parse/issues.js'
import { parseJsonBody } from '../../parse/json-body.js'
import { acceptedTimes } from '../../parse/limits.js'
import { readNativeLogs } from '../../parse/native-logs.js'
import { readNativeMetrics } from '../../parse/native-metrics.js'
import { readNativeRum } from '../../parse/native-rum.js'
import { readNativeSpans } from '../../parse/native-spans.js'
import { asksForPart, readPartially } from '../partial.js'
import type { EdgeTools, Passage } from '../passage.js'
import { Refusal } from '../refusals.js'
import { sha256 } from '../signature.js'

const READERS = {
  logs: readNativeLogs,
  metrics: readNativeMetrics,
  spans: readNativeSpans,
  rum: readNativeRum,
} as const

/** Reads the batch, whole or not at all unless it asks for its good part, so that what is accepted can be stored. */
export function schema(passage: Passage, { clock }: EdgeTools): void {
  const times = acceptedTimes(clock.now())
  const read = (value: unknown) => READERS[passage.signal](value, times)
  try {
    const { value } = parseJsonBody(passage.plain)
    refuseOtlp(value)
    const { items, sentAt } = readOrPart(passage, value, read)
    passage.items = items.length
    passage.sentAt = sentAt
  } catch (error) {
    if (error instanceof TooManyItemsError || error instanceof TooManyValuesError)
      throw new Refusal('TOO_MANY_ITEMS', error.message)
    if (!(error instanceof InvalidBatchError)) throw error
    const [first] = error.issues
    if (first === undefined || first.path === '') throw new Refusal('BODY_INVALID', first?.message ?? error.message)
    throw new Refusal('SCHEMA_INVALID', `${first.path}: ${first.message}`, { details: error.issues })
  }
}

/** Where only a part is read, that part stands in for the body from here on; the batch is still known by what was sent. */
function readOrPart<Batch>(passage: Passage, value: unknown, read: (value: unknown) => Batch): Batch {
  try {
    return read(value)
  } catch (error) {
    if (!(error instanceof InvalidBatchError) || error instanceof TooManyItemsError) throw error
    const part = asksForPart(passage.request.url) ? readPartially(value, read) : null
    if (part === null) throw error
    passage.bodyHash ??= sha256(passage.plain)
    passage.plain = Buffer.from(JSON.stringify(part.value))
    passage.held.take(passage.plain.byteLength)
    passage.rejected = { items: part.rejected, errors: part.issues }
    return read(part.value)
  }
}

function refuseOtlp(value: unknown): void {
  if (typeof value !== 'object' || value === null) return
  for (const key of ['resourceLogs', 'resourceMetrics', 'resourceSpans'])
    if (Object.hasOwn(value, key))
      throw new Refusal('PROTOCOL_UNSUPPORTED', `The body is OTLP (it has ${key}), which this version does not read.`)
}

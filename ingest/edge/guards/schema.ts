import { InvalidBatchError, TooManyItemsError, TooManyValuesError } from '../../parse/issues.js'
import { parseJsonBody } from '../../parse/json-body.js'
import { acceptedTimes } from '../../parse/limits.js'
import { readNativeLogs } from '../../parse/native-logs.js'
import { readNativeMetrics } from '../../parse/native-metrics.js'
import type { EdgeTools, Passage } from '../passage.js'
import { Refusal } from '../refusals.js'

const READERS = { logs: readNativeLogs, metrics: readNativeMetrics } as const

/** Reads the batch, whole or not at all, so that what is accepted can be stored. */
export function schema(passage: Passage, { clock }: EdgeTools): void {
  try {
    const { value } = parseJsonBody(passage.plain)
    refuseOtlp(value)
    const { items, sentAt } = READERS[passage.signal](value, acceptedTimes(clock.now()))
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

function refuseOtlp(value: unknown): void {
  if (typeof value !== 'object' || value === null) return
  for (const key of ['resourceLogs', 'resourceMetrics', 'resourceSpans'])
    if (Object.hasOwn(value, key))
      throw new Refusal('PROTOCOL_UNSUPPORTED', `The body is OTLP (it has ${key}), which this version does not read.`)
}

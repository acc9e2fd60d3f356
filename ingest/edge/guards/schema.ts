import { LISTS } from '../../otlp/messages.js'
import { InvalidBatchError, TooManyItemsError, TooManyValuesError } from '../../parse/issues.js'
import { acceptedTimes, type TimeBounds } from '../../parse/limits.js'
import {
  type BatchHead,
  type ParsedBody,
  parseBody,
  readLogBody,
  readMetricBody,
  readRumBody,
  readSpanBody,
} from '../../parse/read-batch.js'
import { asksForPart, readPartially } from '../partial.js'
import type { EdgeTools, Passage } from '../passage.js'
import { Refusal } from '../refusals.js'
import { sha256 } from '../signature.js'

/** Reads the batch, whole or not at all unless it asks for its good part, so that what is accepted can be stored. */
export function schema(passage: Passage, { clock }: EdgeTools): void {
  const { signal, plain, form } = passage
  const times = acceptedTimes(clock.now())
  try {
    const body = parseBody(form ?? 'json', signal, plain)
    passage.form = body.protocol
    refuseOther(passage, body.value)
    const { count, sentAt } = readOrPart(passage, body, (value) => HEADS[signal]({ ...body, value }, times))
    passage.items = count
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

/**
 * Where only a part is read, that part stands in for the body from here on; the batch is still known by what was sent.
 * Of OTLP and remote write no part is taken: their clients would never send the rest again.
 */
function readOrPart<Batch>(passage: Passage, body: ParsedBody, read: (value: unknown) => Batch): Batch {
  try {
    return read(body.value)
  } catch (error) {
    if (!(error instanceof InvalidBatchError) || error instanceof TooManyItemsError) throw error
    const asked = body.protocol === 'native-json' && asksForPart(passage.request.url)
    const part = asked ? readPartially(body.value, read) : null
    if (part === null) throw error
    passage.bodyHash ??= sha256(passage.plain)
    passage.plain = Buffer.from(JSON.stringify(part.value))
    passage.held.take(passage.plain.byteLength)
    passage.rejected = { items: part.rejected, errors: part.issues }
    return read(part.value)
  }
}

/** OTLP of one signal on the path of another, by the key that its JSON begins with. */
function refuseOther({ form, path }: Passage, value: unknown): void {
  if (form !== 'native-json' || typeof value !== 'object' || value === null) return
  for (const key of Object.values(LISTS))
    if (Object.hasOwn(value, key))
      throw new Refusal('PROTOCOL_UNSUPPORTED', `The body is OTLP with ${key}, which ${path} does not take.`)
}

type ReadHead = (body: ParsedBody, bounds: TimeBounds) => BatchHead

const HEADS: Readonly<Record<Passage['signal'], ReadHead>> = {
  logs: counted(readLogBody),
  spans: counted(readSpanBody),
  rum: counted(readRumBody),
  metrics: (body, bounds) => readMetricBody(body, bounds, () => undefined),
}

function counted(
  read: (
    body: ParsedBody,
    bounds: TimeBounds,
  ) => { readonly items: readonly unknown[]; readonly sentAt: number | null },
): ReadHead {
  return (body, bounds) => {
    const { items, sentAt } = read(body, bounds)
    return { count: items.length, sentAt }
  }
}

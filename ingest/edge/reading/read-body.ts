import type { Signal } from '../../../schema/domain/signal.js'
import type { BatchProtocol } from '../../../schema/ports/intake.js'
import { LISTS } from '../../otlp/messages.js'
import { type BatchIssue, InvalidBatchError, TooManyItemsError, TooManyValuesError } from '../../parse/issues.js'
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
import { readPartially } from '../partial.js'
import type { WireForm } from '../protocol.js'
import type { RefusalCode } from '../refusals.js'

/** A body to be read, and how. */
export interface BodyToRead {
  readonly form: WireForm
  readonly signal: Signal
  /** Where it was sent, for what is said of it. */
  readonly path: string
  /** Decompressed. */
  readonly plain: Uint8Array
  /** Unix ms. */
  readonly now: number
  /** Whether the good items are to be read where others are bad. */
  readonly partial: boolean
}

/** What was read of a body, as far as the edge keeps it. */
export type BodyRead =
  | {
      readonly outcome: 'read'
      readonly form: BatchProtocol
      readonly items: number
      readonly sentAt: number | null
      /** What was left out of it; null where all of it is good. */
      readonly rejected: { readonly items: number; readonly errors: readonly BatchIssue[] } | null
    }
  | {
      readonly outcome: 'refused'
      /** What it was found to be, as far as it was read. */
      readonly form: WireForm
      readonly code: RefusalCode
      readonly message: string
      readonly details: readonly BatchIssue[]
    }

/** What was read of a body, and what is to be kept of it: itself, its good part as JSON, or nothing. */
export interface ReadAndKept {
  readonly read: BodyRead
  readonly kept: Uint8Array | null
}

/** Reads a batch, whole or not at all unless its good part is asked for, so that what is accepted can be stored. */
export function readBody(body: BodyToRead): ReadAndKept {
  let form: WireForm = body.form
  try {
    const parsed = parseBody(body.form, body.signal, body.plain)
    form = parsed.protocol
    const other = otherSignal(parsed)
    if (other !== null) {
      const message = `The body is OTLP with ${other}, which ${body.path} does not take.`
      return { read: { outcome: 'refused', form, code: 'PROTOCOL_UNSUPPORTED', message, details: [] }, kept: null }
    }
    return readParsed(parsed, body)
  } catch (error) {
    if (!(error instanceof InvalidBatchError)) throw error
    return { read: { outcome: 'refused', form, ...refusalOf(error) }, kept: null }
  }
}

/** Of OTLP and remote write no part is taken: their clients would never send the rest again. */
function readParsed(parsed: ParsedBody, { signal, now, partial, plain }: BodyToRead): ReadAndKept {
  const form = parsed.protocol
  const times = acceptedTimes(now)
  const read = (value: unknown) => HEADS[signal]({ ...parsed, value }, times)
  try {
    const { count, sentAt } = read(parsed.value)
    return { read: { outcome: 'read', form, items: count, sentAt, rejected: null }, kept: plain }
  } catch (error) {
    if (!(error instanceof InvalidBatchError) || error instanceof TooManyItemsError) throw error
    const part = partial && form === 'native-json' ? readPartially(parsed.value, read) : null
    if (part === null) throw error
    const { count, sentAt } = read(part.value)
    const rejected = { items: part.rejected, errors: part.issues }
    const kept = new TextEncoder().encode(JSON.stringify(part.value))
    return { read: { outcome: 'read', form, items: count, sentAt, rejected }, kept }
  }
}

function refusalOf(error: InvalidBatchError): {
  readonly code: RefusalCode
  readonly message: string
  readonly details: readonly BatchIssue[]
} {
  const { message, issues } = error
  if (error instanceof TooManyItemsError || error instanceof TooManyValuesError)
    return { code: 'TOO_MANY_ITEMS', message, details: [] }
  const [first] = issues
  if (first === undefined || first.path === '')
    return { code: 'BODY_INVALID', message: first?.message ?? message, details: [] }
  return { code: 'SCHEMA_INVALID', message: `${first.path}: ${first.message}`, details: issues }
}

/** The key that the JSON of OTLP begins with, where it is OTLP of another signal than its path takes. */
function otherSignal({ protocol, value }: ParsedBody): string | null {
  if (protocol !== 'native-json' || typeof value !== 'object' || value === null) return null
  return Object.values(LISTS).find((key) => Object.hasOwn(value, key)) ?? null
}

type ReadHead = (body: ParsedBody, bounds: TimeBounds) => BatchHead

const HEADS: Readonly<Record<Signal, ReadHead>> = {
  logs: readLogBody,
  spans: readSpanBody,
  rum: readRumBody,
  metrics: (body, bounds) => readMetricBody(body, bounds, () => undefined),
}

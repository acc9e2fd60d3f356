import type { Signal } from '../../schema/domain/signal.js'
import type { FlushTerms } from '../../schema/ports/flushes.js'
import { giveMemory } from '../columns/index.js'
import type { ContextOf } from '../enrich/index.js'
import type { ParsedBatch } from './batch.js'
import { PoisonBatchError } from './issues.js'
import { toLogRows } from './log-rows.js'
import { type MetricColumns, toMetricColumns } from './metric-samples.js'
import { type DaysOf, FlushTooLargeError, type Rows, standardDays } from './rows.js'
import { toRumRows } from './rum-rows.js'
import { toSpanRows } from './span-rows.js'

/** Signals that are stored as rows of ClickHouse. */
export type RowSignal = Exclude<Signal, 'metrics'>

/** What makes of each signal's batches what is stored. */
export const PARSERS = { logs: toLogRows, spans: toSpanRows, rum: toRumRows, metrics: toMetricColumns } as const

/** What the pool sends a worker thread. */
export interface ParseTask {
  readonly signal: Signal
  readonly batches: readonly ParsedBatch[]
  readonly terms: FlushTerms
  /** Memory of earlier rows, for these. */
  readonly spare?: readonly ArrayBuffer[]
}

/** What a worker thread answers. Errors lose their class on the way, so a poison batch goes as data. */
export type ParseAnswer =
  | { readonly outcome: 'rows'; readonly result: Rows }
  | { readonly outcome: 'samples'; readonly result: MetricColumns }
  | { readonly outcome: 'poison'; readonly batchId: string; readonly reason: string }
  | { readonly outcome: 'too large'; readonly message: string }
  | { readonly outcome: 'failed'; readonly message: string }

/** Answers a task, and names what is handed over instead of copied. */
export function answerTask(
  { signal, batches, terms, spare = [] }: ParseTask,
  contexts: ContextOf,
): readonly [ParseAnswer, ArrayBuffer[]] {
  for (const memory of spare) giveMemory(memory)
  try {
    const contextOf = contextsUnder(contexts, terms)
    if (signal !== 'metrics') {
      const result = PARSERS[signal](batches, contextOf, daysUnder(terms))
      return [{ outcome: 'rows', result }, [result.rows.buffer]]
    }
    const result = PARSERS.metrics(batches, contextOf)
    const { seriesOf, timestamps, values, stale } = result.columns
    const handed = [seriesOf.buffer, timestamps.buffer, values.buffer, stale.buffer]
    return [{ outcome: 'samples', result }, handed]
  } catch (error) {
    return [failureAnswer(error), []]
  }
}

/** Contexts under the policies of a task; each organisation's is looked up once. */
export function contextsUnder(contexts: ContextOf, { policies }: FlushTerms): ContextOf {
  const found = new Map<string, ReturnType<ContextOf>>()
  return (orgId) => {
    const known = found.get(orgId)
    if (known !== undefined) return known
    const context = contexts(orgId, policies[orgId])
    found.set(orgId, context)
    return context
  }
}

/** For how long the rows of a task are kept. */
export function daysUnder({ days }: FlushTerms): DaysOf {
  return (orgId) => days[orgId] ?? standardDays(orgId)
}

/** An error as a worker answers it. */
export function failureAnswer(error: unknown): ParseAnswer {
  if (error instanceof PoisonBatchError) return { outcome: 'poison', batchId: error.batchId, reason: error.reason }
  if (error instanceof FlushTooLargeError) return { outcome: 'too large', message: error.message }
  return { outcome: 'failed', message: error instanceof Error ? error.message : String(error) }
}

import { z } from 'zod'
import { labelNameSchema } from './labels.js'
import type { Signal } from './signal.js'

/** How the events of a window become one number. RATE is events per second; quantiles err by at most 1 %. */
export const AGGREGATES = [
  'COUNT',
  'RATE',
  'SUM',
  'AVG',
  'MIN',
  'MAX',
  'P50',
  'P90',
  'P95',
  'P99',
  'COUNT_DISTINCT',
] as const
export type Aggregate = (typeof AGGREGATES)[number]

/** A count or sum over events of one signal, in groups by label. */
export interface EventMeasure {
  readonly kind: 'events'
  readonly signal: Exclude<Signal, 'metrics'>
  /** A selector with line filters, as written. */
  readonly filter: string
  readonly aggregate: Aggregate
  /** The attribute that is summed, averaged …; null for COUNT and RATE. */
  readonly field: string | null
  readonly groupBy: readonly string[]
}

/** A PromQL instant expression, judged where it stands. */
export interface MetricMeasure {
  readonly kind: 'metric'
  readonly promql: string
}

/** The reset-corrected increase of a counter, which adds up over time. */
export interface CounterMeasure {
  readonly kind: 'counter'
  readonly selector: string
  readonly groupBy: readonly string[]
}

export type Measure = EventMeasure | MetricMeasure | CounterMeasure

const groupBySchema = z.array(labelNameSchema).max(8, 'at most 8 labels can group a measure').nullish()

const eventMeasureSchema = z
  .strictObject({
    filter: z.string().max(8_192).default('{}'),
    aggregate: z.enum(AGGREGATES).default('COUNT'),
    field: z.string().min(1).max(256).nullish(),
    groupBy: groupBySchema,
  })
  .superRefine((input, context) => {
    const counts = input.aggregate === 'COUNT' || input.aggregate === 'RATE'
    if (counts && input.field != null)
      context.addIssue({
        code: 'custom',
        path: ['field'],
        message: `${input.aggregate} counts events and takes no field`,
      })
    if (!counts && input.field == null)
      context.addIssue({
        code: 'custom',
        path: ['field'],
        message: `${input.aggregate} needs the field it is taken of`,
      })
  })

/** A measure in the shape of the GraphQL input: exactly one of its fields. */
export const measureInputSchema = z
  .strictObject({
    logs: eventMeasureSchema.nullish(),
    spans: eventMeasureSchema.nullish(),
    rum: eventMeasureSchema.nullish(),
    metric: z.strictObject({ promql: z.string().min(1).max(8_192) }).nullish(),
    counter: z.strictObject({ selector: z.string().min(1).max(8_192), groupBy: groupBySchema }).nullish(),
  })
  .transform((input, context): Measure => {
    const named = Object.entries(input).filter(([, value]) => value != null)
    if (named.length !== 1) {
      context.addIssue({
        code: 'custom',
        message: `a measure names exactly one of logs, spans, rum, metric, counter; found ${named.length}`,
      })
      return z.NEVER
    }
    if (input.metric != null) return { kind: 'metric', promql: input.metric.promql }
    if (input.counter != null)
      return { kind: 'counter', selector: input.counter.selector, groupBy: sortedUnique(input.counter.groupBy ?? []) }
    for (const signal of ['logs', 'spans', 'rum'] as const) {
      const events = input[signal]
      if (events == null) continue
      return {
        kind: 'events',
        signal,
        filter: events.filter,
        aggregate: events.aggregate,
        field: events.field ?? null,
        groupBy: sortedUnique(events.groupBy ?? []),
      }
    }
    return z.NEVER
  })

/** The signal a measure reads. */
export function measureSignal(measure: Measure): Signal {
  return measure.kind === 'events' ? measure.signal : 'metrics'
}

/**
 * What a slice of a measure depends on, as canonical text: measures with the same text share one row of slices. COUNT
 * and RATE share, as do all aggregates of one field, because a slice holds count, sum, min, max and, for quantiles
 * only, a sketch.
 *
 * @param canonicalFilter The filter in the canonical form of its language.
 */
export function measureIdentity(measure: EventMeasure, canonicalFilter: string): string {
  return JSON.stringify([
    'v1',
    measure.signal,
    canonicalFilter,
    measure.field,
    isQuantile(measure.aggregate) ? 'sketch' : 'plain',
    measure.groupBy,
  ])
}

/** Whether an aggregate needs a quantile sketch. */
export function isQuantile(aggregate: Aggregate): boolean {
  return quantileOf(aggregate) !== null
}

/** The quantile (0 to 1) of an aggregate, or null. */
export function quantileOf(aggregate: Aggregate): number | null {
  switch (aggregate) {
    case 'P50':
      return 0.5
    case 'P90':
      return 0.9
    case 'P95':
      return 0.95
    case 'P99':
      return 0.99
    default:
      return null
  }
}

function sortedUnique(names: readonly string[]): string[] {
  return [...new Set(names)].sort()
}

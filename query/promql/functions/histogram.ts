import type { Labels } from '../../../schema/domain/labels.js'
import { instant } from '../frame.js'
import { parseGoFloat, plainNumber, shortNumber } from '../go-number.js'
import { dropLabels, labelKey, labelOf, METRIC_LABELS, METRIC_NAME, withLabel } from '../label-set.js'
import { isProportion } from '../quantile.js'
import { fault, scalarOf, spend, stringOf } from '../scope.js'
import { type Column, emptyColumn, hasValues, joinColumns, type Value, vector } from '../value.js'
import { type Bucket, bucketFraction, bucketQuantile, monotonic, orderedBuckets } from './buckets.js'
import { argument, type Builtins, type Invocation, vectorArgument } from './builtin.js'

const BOUND = 'le'
const WITHOUT_BOUND: ReadonlySet<string> = new Set([BOUND])
const WITHOUT_NAME: ReadonlySet<string> = new Set([BOUND, ...METRIC_LABELS])

/** Functions over classic histograms: series that differ in the label `le` are the buckets of one. */
export const HISTOGRAM_FUNCTIONS: Builtins = {
  histogram_quantile: (invocation) => {
    const phis = phisAt(invocation, 0)
    return vector(
      histograms(invocation, 1)
        .map((histogram) => quantileColumn(invocation, 1, histogram, phis))
        .filter(hasValues),
    )
  },
  histogram_quantiles: histogramQuantiles,
  histogram_fraction: (invocation) => {
    const lower = scalarOf(invocation.scope, argument(invocation, 0), invocation.frame)
    const upper = scalarOf(invocation.scope, argument(invocation, 1), invocation.frame)
    const columns = histograms(invocation, 2).map((histogram) =>
      eachInstant(invocation, histogram, (buckets, index) =>
        bucketFraction(lower[index] ?? 0, upper[index] ?? 0, buckets),
      ),
    )
    return vector(columns.filter(hasValues))
  },
}

/** Several quantiles at once, each under its φ in a label of its own. */
function histogramQuantiles(invocation: Invocation): Value {
  const { scope, frame, call } = invocation
  const label = stringOf(scope, argument(invocation, 1), frame)
  const all = histograms(invocation, 0)
  const columns = call.args.slice(2).flatMap((_, index) => {
    const phis = phisAt(invocation, index + 2)
    return all.map((histogram) => {
      const labels = withLabel(histogram.labels, label, plainNumber(phis[0] ?? Number.NaN))
      return quantileColumn(invocation, 0, { ...histogram, labels }, phis)
    })
  })
  const collision = () => fault(scope, call.span, 'vector cannot contain metrics with the same labelset')
  return vector(joinColumns(columns.filter(hasValues), collision))
}

/** A histogram: its labels and the columns of its buckets. */
interface Histogram {
  readonly labels: Labels
  readonly name: string
  readonly buckets: readonly { readonly upper: number; readonly column: Column }[]
}

/** A scalar argument as quantiles, with a warning where one is no proportion. */
function phisAt(invocation: Invocation, place: number): Float64Array {
  const expr = argument(invocation, place)
  const phis = scalarOf(invocation.scope, expr, invocation.frame)
  for (const phi of phis) {
    if (isProportion(phi)) continue
    invocation.scope.notes.warn(`quantile value should be between 0 and 1, got ${shortNumber(phi)}`, expr.span)
  }
  return phis
}

function histograms(invocation: Invocation, place: number): Histogram[] {
  const groups = new Map<string, { labels: Labels; name: string; buckets: { upper: number; column: Column }[] }>()
  for (const column of vectorArgument(invocation, place)) {
    const bound = labelOf(column.labels, BOUND)
    const name = labelOf(column.labels, METRIC_NAME)
    const upper = parseGoFloat(bound)
    if (upper === null) {
      const where = name === '' ? '' : ` for metric name ${JSON.stringify(name)}`
      const text = `bucket label "le" is missing or has a malformed value of ${JSON.stringify(bound)}${where}`
      invocation.scope.notes.warn(text, argument(invocation, place).span)
      continue
    }
    const key = labelKey(column.labels, WITHOUT_BOUND)
    const group = groups.get(key) ?? { labels: dropLabels(column.labels, WITHOUT_NAME), name, buckets: [] }
    group.buckets.push({ upper, column })
    groups.set(key, group)
  }
  return [...groups.values()]
}

function quantileColumn(invocation: Invocation, place: number, histogram: Histogram, phis: Float64Array): Column {
  return eachInstant(invocation, histogram, (buckets, index) => {
    const phi = phis[index] ?? 0
    const fixed = monotonic(buckets)
    const found = bucketQuantile(phi, fixed.buckets)
    // An answer that no count went into is no worse for one that was lifted.
    if (fixed.lifted !== null && isProportion(phi) && !Number.isNaN(found)) {
      const at = instant(invocation.frame, index)
      const forced = { ...fixed.lifted, first: at, last: at, histograms: 1 }
      invocation.scope.notes.informForced(forcedText(histogram.name), argument(invocation, place).span, forced)
    }
    return found
  })
}

function forcedText(name: string): string {
  const where = name === '' ? '' : ` for metric name ${JSON.stringify(name)}`
  return `input to histogram_quantile needed to be fixed for monotonicity (see https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile)${where}`
}

/** A value per instant at which the histogram has a bucket. */
function eachInstant(
  { scope, frame, call }: Invocation,
  { labels, buckets }: Histogram,
  compute: (buckets: readonly Bucket[], index: number) => number,
): Column {
  spend(scope, frame.steps, call.span)
  const column = emptyColumn(labels, true, frame.steps)
  for (let index = 0; index < frame.steps; index++) {
    const now = buckets
      .filter((bucket) => bucket.column.present[index] === 1)
      .map((bucket) => ({ upper: bucket.upper, count: bucket.column.values[index] ?? 0 }))
    if (now.length === 0) continue
    // Buckets that do not reach +Inf say nothing: no buckets, and the answer is NaN.
    column.values[index] = compute(orderedBuckets(now) ?? [], index)
    column.present[index] = 1
  }
  return column
}

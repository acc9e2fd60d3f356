import { type Labels, labelNames } from '../schema/domain/labels.js'

/** A series as GraphQL shows it: values that JSON cannot hold are null, and named beside. */
export function shownSeries({
  labels,
  timestamps,
  values,
}: {
  readonly labels: Labels
  readonly timestamps: ArrayLike<number>
  readonly values: ArrayLike<number>
}) {
  const nonFinite: string[] = []
  const shown = Array.from(values, (value, index) => {
    if (Number.isFinite(value)) return value
    nonFinite.push(`${index}:${Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf'}`)
    return null
  })
  return {
    labels: labelNames(labels).map((name) => ({ name, value: labels[name] ?? '' })),
    timestamps: Array.from(timestamps),
    values: shown,
    nonFinite,
  }
}

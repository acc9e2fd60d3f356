import type { Sample } from '../schema/domain/alert.js'
import { canonicalLabels, type Labels } from '../schema/domain/labels.js'
import type { Rule } from '../schema/domain/rule.js'
import { EMPTY_PARTIAL, type SlicePartial } from '../schema/domain/slice.js'
import { aggregateValue } from './value.js'

/** What a tick saw of one instance. */
export interface InstanceSample {
  readonly labels: Labels
  readonly sample: Sample
}

/** A merged window of one group. */
export interface GroupPartial {
  readonly labels: Labels
  readonly partial: SlicePartial
}

const MISSING: Sample = { kind: 'missing' }

/**
 * Samples of a rule over events: one per group in the window, and one per instance known before that the window does
 * not hold. An ungrouped rule always has its one instance.
 *
 * @param windows Merged windows of the rule's measures, in their order.
 * @param known Labels of instances that exist.
 */
export function eventSamples(
  rule: Rule,
  windows: readonly (readonly GroupPartial[])[],
  known: readonly Labels[],
): InstanceSample[] {
  const [first = [], second = []] = windows
  return rule.kind === 'errorRatio' ? ratioSamples(rule, first, second, known) : thresholdSamples(rule, first, known)
}

function thresholdSamples(
  rule: Extract<Rule, { kind: 'threshold' }>,
  groups: readonly GroupPartial[],
  known: readonly Labels[],
): InstanceSample[] {
  const { measure, windowMs } = rule
  if (measure.kind !== 'events' || windowMs === null) return []
  return withKnown(groups, known, measure.groupBy.length === 0).map(({ labels, partial }) => {
    const value = aggregateValue(measure.aggregate, partial, windowMs)
    return { labels, sample: value === null ? MISSING : { kind: 'value', value } }
  })
}

/** Bad over total, divided once. A window with fewer events than the minimum says nothing. */
function ratioSamples(
  rule: Extract<Rule, { kind: 'errorRatio' }>,
  bad: readonly GroupPartial[],
  total: readonly GroupPartial[],
  known: readonly Labels[],
): InstanceSample[] {
  const badCounts = new Map(bad.map(({ labels, partial }) => [canonicalLabels(labels), partial.count]))
  const grouped = rule.total.kind === 'events' && rule.total.groupBy.length > 0
  return withKnown(total, known, !grouped).map(({ labels, partial }) => {
    if (partial.count === 0 || partial.count < rule.minimumEvents) return { labels, sample: MISSING }
    const value = (badCounts.get(canonicalLabels(labels)) ?? 0) / partial.count
    return { labels, sample: { kind: 'value', value } }
  })
}

/** The groups, and an empty one for each known instance that is not among them. */
function withKnown(groups: readonly GroupPartial[], known: readonly Labels[], ungrouped: boolean): GroupPartial[] {
  const present = new Set(groups.map(({ labels }) => canonicalLabels(labels)))
  const expected = ungrouped && known.length === 0 ? [{}] : known
  const absent = expected.filter((labels) => !present.has(canonicalLabels(labels)))
  return [...groups, ...absent.map((labels) => ({ labels, partial: EMPTY_PARTIAL }))]
}

/** Samples of a metric rule: the vector's, and `missing` for each known instance that is not in it. */
export function metricSamples(
  vector: readonly { readonly labels: Labels; readonly value: number }[],
  known: readonly Labels[],
): InstanceSample[] {
  const present = new Set(vector.map(({ labels }) => canonicalLabels(labels)))
  return [
    ...vector.map(({ labels, value }): InstanceSample => ({ labels, sample: { kind: 'value', value } })),
    ...known.filter((labels) => !present.has(canonicalLabels(labels))).map((labels) => ({ labels, sample: MISSING })),
  ]
}

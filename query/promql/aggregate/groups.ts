import type { Labels } from '../../../schema/domain/labels.js'
import type { Aggregation } from '../ast.js'
import { dropLabels, keepLabels, labelKey, METRIC_LABELS, projectionKey } from '../label-set.js'
import type { Column } from '../value.js'

/** Columns that an aggregation takes together. */
export interface Group {
  readonly labels: Labels
  /** Any member's name was to fall away. */
  readonly dropName: boolean
  readonly members: readonly Column[]
}

/** Groups by the labels of `by` or by all but those of `without` and of the metric, in the order of their first members. */
export function groupColumns(node: Aggregation, columns: readonly Column[]): Group[] {
  const left = new Set([...node.labels, ...METRIC_LABELS])
  const groups = new Map<string, { labels: Labels; dropName: boolean; members: Column[] }>()
  for (const column of columns) {
    const key = node.without ? labelKey(column.labels, left) : projectionKey(column.labels, node.labels)
    const group = groups.get(key)
    if (group !== undefined) {
      group.members.push(column)
      group.dropName ||= column.dropName
      continue
    }
    const labels = node.without ? dropLabels(column.labels, left) : keepLabels(column.labels, node.labels)
    groups.set(key, { labels, dropName: column.dropName, members: [column] })
  }
  return [...groups.values()]
}

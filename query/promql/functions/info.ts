import type { Labels } from '../../../schema/domain/labels.js'
import type { Matcher } from '../../../schema/domain/matcher.js'
import { infoSelection } from '../info-selector.js'
import { labelKey, labelOf, METRIC_NAME, projectionKey } from '../label-set.js'
import { compileMatchers } from '../match-labels.js'
import { fault } from '../scope.js'
import { selectNewest } from '../select-newest.js'
import { type Column, emptyColumn, joinColumns, type Value, vector } from '../value.js'
import { argument, type Builtins, type Invocation, vectorArgument } from './builtin.js'

/** Labels by which series and info series belong together. */
const IDENTIFYING: readonly string[] = ['instance', 'job']

/** Adds to series the labels of info series about the same target. */
export const INFO_FUNCTIONS: Builtins = { info }

function info(invocation: Invocation): Value {
  const { scope, frame, call } = invocation
  const { selector, nameMatchers, dataMatchers } = infoSelection(call)
  const isInfo = compileMatchers(nameMatchers)
  // Values of these columns are the times of samples: of several info series the one last seen counts.
  const byTarget = groupInfos(selectNewest(scope, selector, frame, 'times'))
  const joined: Column[] = []
  for (const column of vectorArgument(invocation, 0)) {
    if (isInfo(column.labels)) {
      joined.push(column)
      continue
    }
    const target = IDENTIFYING.some((name) => labelOf(column.labels, name) !== '')
    const infos = target ? (byTarget.get(projectionKey(column.labels, IDENTIFYING)) ?? []) : []
    joined.push(...enrich(invocation, column, infos, dataMatchers))
  }
  const collision = () => fault(scope, call.span, 'vector cannot contain metrics with the same labelset')
  return vector(joinColumns(joined, collision))
}

/** Info series by target, and for a target by metric. */
function groupInfos(columns: readonly Column[]): Map<string, Column[][]> {
  const targets = new Map<string, Map<string, Column[]>>()
  for (const column of columns) {
    const target = projectionKey(column.labels, IDENTIFYING)
    const metrics = targets.get(target) ?? new Map<string, Column[]>()
    targets.set(target, metrics)
    const name = labelOf(column.labels, METRIC_NAME)
    metrics.set(name, [...(metrics.get(name) ?? []), column])
  }
  return new Map([...targets].map(([target, metrics]) => [target, [...metrics.values()]]))
}

/** One column per label set that the series has over the instants. */
function enrich(
  invocation: Invocation,
  column: Column,
  infos: readonly (readonly Column[])[],
  dataMatchers: readonly Matcher[],
): Column[] {
  const { frame } = invocation
  const wanted = new Set(dataMatchers.map(({ name }) => name))
  const needed = !compileMatchers(dataMatchers)({})
  const results = new Map<string, Column>()
  for (let index = 0; index < frame.steps; index++) {
    if (column.present[index] !== 1) continue
    const here = infos.flatMap((metric) => newest(invocation, metric, index) ?? [])
    if (here.length === 0 && needed) continue
    const labels = { ...addedLabels(invocation, here, wanted), ...column.labels }
    const key = labelKey(labels)
    const result = results.get(key) ?? emptyColumn(labels, column.dropName, frame.steps)
    results.set(key, result)
    result.values[index] = column.values[index] ?? 0
    result.present[index] = 1
  }
  return [...results.values()]
}

/** Of the info series of one metric and target the one with the latest sample. */
function newest({ scope, call }: Invocation, infos: readonly Column[], index: number): Column | null {
  const here = infos.filter(({ present }) => present[index] === 1)
  const latest = Math.max(...here.map(({ values }) => values[index] ?? 0))
  const [found = null, second] = here.filter(({ values }) => values[index] === latest)
  if (second === undefined) return found
  const name = labelOf(second.labels, METRIC_NAME)
  throw fault(
    scope,
    call.span,
    `found two series of info metric "${name}" for one target with samples of the same time`,
  )
}

function addedLabels(invocation: Invocation, infos: readonly Column[], wanted: ReadonlySet<string>): Labels {
  const added: Record<string, string> = {}
  for (const { labels } of infos) {
    for (const [name, value] of Object.entries(labels)) {
      if (name === METRIC_NAME || IDENTIFYING.includes(name) || (wanted.size > 0 && !wanted.has(name))) continue
      if (Object.hasOwn(added, name) && added[name] !== value) {
        throw fault(
          invocation.scope,
          argument(invocation, 0).span,
          `conflicting label: info metrics differ in "${name}"`,
        )
      }
      added[name] = value
    }
  }
  return added
}

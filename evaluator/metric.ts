import { evaluateInstant } from '../query/promql/index.js'
import type { FlushSnapshot } from '../schema/domain/horizon.js'
import type { Labels } from '../schema/domain/labels.js'
import { QueryError } from '../schema/domain/query-error.js'
import type { MetricReader } from '../schema/ports.js'
import type { EvaluateMetric } from './tick.js'

/** A reader bound to an org. */
export type MetricReaders = (orgId: string) => MetricReader

/**
 * Evaluates PromQL for rules: an instant vector loses its metric names, as alert labels do in Prometheus; a scalar is
 * one series without labels. Any other kind of result is the rule's fault, and so are two series with the same labels.
 */
export function createEvaluateMetric(readers: MetricReaders): EvaluateMetric {
  return async (orgId, promql, at, snapshot) => {
    const result = await evaluateInstant(promql, { source: sourceOf(readers(orgId), snapshot), at })
    if (result.kind === 'scalar') return [{ labels: {}, value: result.value }]
    if (result.kind !== 'vector')
      throw new QueryError(`The expression is a ${result.kind}; expected an instant vector or a scalar.`, 1, 1)
    const seen = new Set<string>()
    return result.samples.map(({ labels, value }) => {
      const named = withoutName(labels)
      const key = JSON.stringify(Object.entries(named).sort())
      if (seen.has(key))
        throw new QueryError(
          'Two series have the same labels once their names are dropped; expected distinct ones.',
          1,
          1,
        )
      seen.add(key)
      return { labels: named, value }
    })
  }
}

function sourceOf(reader: MetricReader, snapshot: FlushSnapshot) {
  return {
    select: (matchers: Parameters<MetricReader['select']>[0], range: { start: number; end: number }) =>
      reader.select(matchers, range, snapshot),
  }
}

function withoutName(labels: Labels): Labels {
  const { __name__: _name, ...rest } = labels
  return rest
}

import { exposition, type MetricFamily } from '../../../schema/domain/exposition.js'
import type { AnswerMemory } from './answer-memory.js'

/** What the memory of answers tells of itself, in Prometheus's text; empty without one. */
export function cacheMetrics(answers: AnswerMemory | undefined): string {
  if (answers === undefined) return ''
  const { hits, misses, touched, bytes, blocks } = answers.figures()
  const family = (name: string, type: MetricFamily['type'], help: string, value: number): MetricFamily => ({
    ...{ name: `tocsin_gateway_answer_cache_${name}`, type, help, samples: [{ value }] },
  })
  return exposition([
    family('hits_total', 'counter', 'Instants of range queries answered from memory.', hits),
    family('misses_total', 'counter', 'Instants of range queries that were evaluated.', misses),
    family('touched_blocks_total', 'counter', 'Blocks forgotten because a flush touched their times.', touched),
    family('bytes', 'gauge', 'Bytes of remembered answers.', bytes),
    family('blocks', 'gauge', 'Blocks of remembered answers.', blocks),
  ])
}

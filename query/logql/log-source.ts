import { compileLogFilter } from './filter-sql.js'
import { lineHintsSql } from './line-hint.js'
import { neededLabels } from './needed-labels.js'
import type { ParamSink } from './param-sink.js'
import { asSelector } from './parse-selector.js'
import type { Pipeline } from './pipeline.js'
import { pipelineSql } from './pipeline-sql.js'

/** Columns of table `logs` that a source has beside `message`; the first three are a record's place. */
const COLUMNS = [
  'ts',
  'batch_id',
  'item',
  'service',
  'level',
  'trace_id',
  'span_id',
  'attributes_string',
  'attributes_number',
  'attributes_bool',
] as const

/**
 * The records that a log query means, to stand after FROM: their columns are those of table `logs`, but `message` is the
 * line as the query formats it. No clause may come between it and ORDER BY, GROUP BY or LIMIT.
 *
 * @param scope Which rows of table `logs` are looked at: a boolean SQL expression.
 */
export function compileLogSource(pipeline: Pipeline, scope: string, params: ParamSink): string {
  const selector = asSelector(pipeline)
  if (selector !== null) {
    const conditions = [scope, ...lineHintsSql(selector.stages, params), compileLogFilter(selector, params)]
    return `logs WHERE ${conditions.join(' AND ')}`
  }
  const names = neededLabels({ pipeline, unwrap: null }, [])
  const rows = pipelineSql(pipeline, scope, names, params, `(${COLUMNS.join(', ')})`)
  const columns = COLUMNS.map((name, index) => `r.seq.${index + 1} AS ${name}`)
  return `(SELECT ${columns.join(', ')}, r.line AS message FROM (${rows}) AS r)`
}

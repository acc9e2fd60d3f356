import { labelFilterSql, lineFilterSql, type RowSql, storedRow } from './filter-sql.js'
import { firstWinsMapSql, storedLabelMapSql } from './label-map-sql.js'
import { lineHintsSql } from './line-hint.js'
import type { ParamSink } from './param-sink.js'
import { foundPairsSql } from './parser-sql.js'
import type { FormatStage, ParserStage, Pipeline, PipelineStage, Template } from './pipeline.js'
import type { LabelFilter } from './selector.js'

/** How the rows of a pipeline look after a stage; a stage of SQL that has them is named `r`. */
const ROW: RowSqlFor = (params) => ({
  line: 'r.line',
  label: (name) => `r.labels[${params.text(name)}]`,
})
type RowSqlFor = (params: ParamSink) => RowSql

/**
 * A pipeline as a SELECT with a row for each line that is left: `ts`, `seq` (its place among lines of the same time),
 * `line`, `labels` (Map(String, String), empty ones left out) and `base`, the labels as they were stored.
 *
 * @param scope Which rows of table `logs` are looked at: a boolean SQL expression.
 * @param names The labels to carry along; null for all.
 * @param place What `seq` is: a tuple that begins with these three.
 */
export function pipelineSql(
  pipeline: Pipeline,
  scope: string,
  names: readonly string[] | null,
  params: ParamSink,
  place = '(ts, batch_id, item)',
): string {
  const stored = storedRow(params)
  const changing = pipeline.stages.findIndex((stage) => stage.kind !== 'line' && stage.kind !== 'labels')
  const leading = changing === -1 ? pipeline.stages : pipeline.stages.slice(0, changing)
  const conditions = [
    scope,
    ...lineHintsSql(pipeline.stages, params),
    ...pipeline.matchers.map((matcher) => labelFilterSql(matcher, stored, params)),
    ...leading.map((stage) => filterStageSql(stage, stored, params)),
  ]
  const columns = `ts, ${place} AS seq, message AS line, ${storedLabelMapSql(names, params)} AS labels, labels AS base`
  let sql = `SELECT ${columns} FROM logs WHERE ${conditions.join(' AND ')}`
  for (const stage of pipeline.stages.slice(leading.length)) sql = stageSql(stage, sql, names, params)
  return sql
}

/** The rows that meet a label filter. */
export function filteredSql(filter: LabelFilter, rows: string, params: ParamSink): string {
  return `SELECT r.* FROM (${rows}) AS r WHERE ${labelFilterSql(filter, ROW(params), params)}`
}

function filterStageSql(stage: PipelineStage, row: RowSql, params: ParamSink): string {
  if (stage.kind === 'line') return lineFilterSql(stage, row.line, params)
  return stage.kind === 'labels' ? labelFilterSql(stage.filter, row, params) : 'true'
}

function stageSql(stage: PipelineStage, rows: string, names: readonly string[] | null, params: ParamSink): string {
  switch (stage.kind) {
    case 'line':
      return `SELECT r.* FROM (${rows}) AS r WHERE ${lineFilterSql(stage, 'r.line', params)}`
    case 'labels':
      return filteredSql(stage.filter, rows, params)
    case 'json':
    case 'logfmt':
    case 'groups':
      return parsedSql(stage, rows, names, params)
    case 'lineFormat':
      return changedSql(rows, { line: templateSql(stage.template, params) })
    default:
      return formattedSql(stage, rows, params)
  }
}

/** Adds what a parser finds: beside a stored label as `name_extracted`, and never over what an earlier parser found. */
function parsedSql(stage: ParserStage, rows: string, names: readonly string[] | null, params: ParamSink): string {
  const found = `SELECT r.*, ${foundPairsSql(stage, 'r.line', names, params)} AS found FROM (${rows}) AS r`
  const renamed = `arrayMap(p -> (if(mapContains(r.base, p.1), concat(p.1, '_extracted'), p.1), p.2), r.found)`
  const pairs = `arrayFilter(p -> NOT mapContains(r.labels, p.1), ${renamed})`
  return changedSql(found, { labels: `mapConcat(r.labels, ${firstWinsMapSql(pairs)})` })
}

function formattedSql(stage: Exclude<FormatStage, { kind: 'lineFormat' }>, rows: string, params: ParamSink): string {
  if (stage.kind === 'labelFormat') {
    return stage.formats.reduce((sql, { name, from }) => {
      const target = params.text(name)
      const set = (labels: string, value: string) =>
        `mapFilter((k, v) -> v != '', mapUpdate(${labels}, map(${target}, ${value})))`
      if (from.kind === 'template')
        return changedSql(sql, { labels: set('r.labels', templateSql(from.template, params)) })
      const source = params.text(from.label)
      const moved = set(`mapFilter((k, v) -> k != ${source}, r.labels)`, `r.labels[${source}]`)
      return changedSql(sql, { labels: `if(mapContains(r.labels, ${source}), ${moved}, r.labels)` })
    }, rows)
  }
  const chosen = stage.choices.map(({ name, matcher }) => {
    const isName = `k = ${params.text(name)}`
    return matcher === null ? isName : `(${isName} AND ${labelFilterSql(matcher, ROW(params), params)})`
  })
  const meets = stage.kind === 'keep' ? [...chosen, `k = '__error__'`].join(' OR ') : `NOT (${chosen.join(' OR ')})`
  return changedSql(rows, { labels: `mapFilter((k, v) -> ${meets}, r.labels)` })
}

function templateSql(template: Template, params: ParamSink): string {
  const parts = template.map((part) => {
    if (part.kind === 'text') return params.text(part.text)
    if (part.kind === 'line') return 'r.line'
    const label = `r.labels[${params.text(part.name)}]`
    return part.letters === 'as they are' ? label : `${part.letters}UTF8(${label})`
  })
  return parts.length === 1 ? parts.join('') : `concat('', ${["''", ...parts].join(', ')})`
}

function changedSql(rows: string, change: { readonly line?: string; readonly labels?: string }): string {
  const { line = 'r.line', labels = 'r.labels' } = change
  return `SELECT r.ts AS ts, r.seq AS seq, ${line} AS line, ${labels} AS labels, r.base AS base FROM (${rows}) AS r`
}

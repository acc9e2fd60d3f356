import { StoreError } from '../schema/ports/telemetry.js'
import type { QueryParam, QueryParams, TableFilters } from './clients.js'

/**
 * Refuses a query whose placeholders `{name:Type}` are not all given. ClickHouse says so itself over HTTP; a connection
 * in the process would take the value of an earlier query, which may be another org's.
 */
export function requireParams(sql: string, params: QueryParams): void {
  for (const [, name] of sql.matchAll(/\{\s*([A-Za-z_]\w*)\s*:/g))
    if (name !== undefined && !Object.hasOwn(params, name))
      throw new StoreError('query', `The query names the parameter ${name}, which was not given.`)
}

/** `SET` of the parameters, for a connection that holds a session; empty for none. */
export function setParams(params: QueryParams): string {
  const pairs = Object.entries(params).map(([name, value]) => {
    if (!/^[A-Za-z_]\w*$/.test(name))
      throw new StoreError('query', `${JSON.stringify(name)} is no name of a parameter.`)
    return `param_${name} = ${sqlString(parameterText(value))}`
  })
  return pairs.length === 0 ? '' : `SET ${pairs.join(', ')};\n`
}

/** A string literal of ClickHouse's SQL. */
export function sqlString(text: string): string {
  return `'${escaped(text).replaceAll("'", "\\'")}'`
}

/** Conditions as they stand between the quotes of setting `additional_table_filters`: tables with their database, all escaped. */
export function quotedFilters(database: string, filters: TableFilters): Record<string, string> {
  const quoted = (text: string) => sqlString(text).slice(1, -1)
  return Object.fromEntries(
    Object.entries(filters).map(([table, condition]) => [quoted(`${database}.${table}`), quoted(condition)]),
  )
}

/** A value as ClickHouse reads a parameter: like a field of its TabSeparated format. */
function parameterText(value: QueryParam): string {
  if (value === null) return '\\N'
  if (typeof value === 'string') return escaped(value)
  return nestedText(value)
}

/** A value within an array, where strings are quoted and NULL is a word. */
function nestedText(value: QueryParam): string {
  if (value === null) return 'NULL'
  if (typeof value === 'string') return sqlString(value)
  if (typeof value === 'number' && !Number.isFinite(value))
    return Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf'
  if (typeof value === 'object') return `[${value.map(nestedText).join(',')}]`
  return String(value)
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '\0': '\\0',
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\f': '\\f',
  '\r': '\\r',
}

function escaped(text: string): string {
  return text.replace(/[\\\0\b\t\n\f\r]/g, (character) => ESCAPES[character] ?? character)
}

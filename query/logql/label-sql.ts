import type { ParamSink } from './param-sink.js'
import { COLUMN_LABELS, isNormal, numberText } from './stored-label.js'

/**
 * Labels that are columns of a table, by each name they go under, as SQL of type String. All others are attributes, in
 * three maps `attributes_string`, `attributes_number` and `attributes_bool`.
 */
export type LabelColumns = ReadonlyMap<string, string>

/** The SQL of a stored label's value as a String, empty where the label is absent. The rules are those of storedLabel. */
export function storedLabelSql(name: string, params: ParamSink, columns: LabelColumns = COLUMN_LABELS): string {
  const column = columns.get(name)
  if (column !== undefined) return column
  const key = params.text(name)
  const literal = [
    `mapContains(attributes_number, ${key}), toString(attributes_number[${key}])`,
    `mapContains(attributes_bool, ${key}), toString(attributes_bool[${key}])`,
  ]
  if (!isNormal(name)) return `multiIf(${literal.join(', ')}, attributes_string[${key}])`
  const form = params.text(normalForm(name))
  const normal = ['string', 'number', 'bool'].map((type) => {
    const found = `arraySort(arrayFilter(k -> match(k, ${form}), mapKeys(attributes_${type})))[1]`
    return `notEmpty(${found}), toString(attributes_${type}[${found}])`
  })
  return `multiIf(mapContains(attributes_string, ${key}), attributes_string[${key}], ${literal.join(', ')}, ${normal.join(', ')}, '')`
}

/**
 * The SQL of a condition that holds exactly where a stored label equals a value. Where it can, it compares a column or
 * one key of one map, which indexes on them understand.
 */
export function storedLabelEqualsSql(
  name: string,
  value: string,
  params: ParamSink,
  columns: LabelColumns = COLUMN_LABELS,
): string {
  const column = columns.get(name)
  if (column !== undefined) return `${column} = ${params.text(value)}`
  if (value === '') return `${storedLabelSql(name, params, columns)} = ''`
  const text = params.text(value)
  if (isNormal(name)) {
    const equal = `${storedLabelSql(name, params, columns)} = ${text}`
    return canBeNumberOrBool(value) ? equal : `has(mapValues(attributes_string), ${text}) AND ${equal}`
  }
  const key = params.text(name)
  const options = [`attributes_string[${key}] = ${text}`]
  if (isNumberText(value))
    options.push(`mapContains(attributes_number, ${key}) AND toString(attributes_number[${key}]) = ${text}`)
  if (value === 'true' || value === 'false')
    options.push(`mapContains(attributes_bool, ${key}) AND attributes_bool[${key}] = ${value}`)
  return options.length === 1 ? options.join('') : `(${options.join(' OR ')})`
}

/** The SQL of an attribute as a number: NULL where it is absent or no number. Texts are not read as numbers. */
export function numberFieldSql(name: string, params: ParamSink): string {
  const key = params.text(name)
  const literal = `mapContains(attributes_number, ${key}), toNullable(attributes_number[${key}])`
  if (!isNormal(name)) return `multiIf(${literal}, NULL)`
  const found = `arraySort(arrayFilter(k -> match(k, ${params.text(normalForm(name))}), mapKeys(attributes_number)))[1]`
  return `multiIf(${literal}, notEmpty(${found}), toNullable(attributes_number[${found}]), NULL)`
}

/** A regular expression for the keys whose normal name this is. */
function normalForm(name: string): string {
  const body = name.replaceAll('_', '[^A-Za-z0-9]')
  return /^_[0-9]/.test(name) ? `^[^A-Za-z0-9]?${body.slice('[^A-Za-z0-9]'.length)}$` : `^${body}$`
}

function canBeNumberOrBool(value: string): boolean {
  return isNumberText(value) || value === 'true' || value === 'false'
}

const isNumberText = (value: string): boolean => numberText(Number(value)) === value

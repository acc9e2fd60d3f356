import type { Matcher } from '../schema/domain/matcher.js'

/** A condition on rows `s` of metrics.series, and its parameters. */
export interface SeriesCondition {
  readonly sql: string
  readonly parameters: readonly unknown[]
}

/** A pattern that is nothing but texts to choose from, as selectors of dashboards are: `a|b|c`. */
const ALTERNATIVES = /^[\w/:, -]+(\|[\w/:, -]+)*$/

/**
 * What the database can judge of matchers: all but regular expressions, and of these the lists of plain texts. Series
 * that meet it may still fail the others.
 *
 * @param first Number of the first parameter.
 */
export function seriesCondition(matchers: readonly Matcher[], first: number): SeriesCondition {
  const parameters: unknown[] = []
  const bind = (value: unknown) => `$${first + parameters.push(value) - 1}`
  const parts = matchers.flatMap((matcher) =>
    matcher.name === '__name__' ? nameCondition(matcher, bind) : labelCondition(matcher, bind),
  )
  return { sql: parts.length === 0 ? 'true' : parts.join(' AND '), parameters }
}

type Bind = (value: unknown) => string

function nameCondition({ op, value }: Matcher, bind: Bind): string[] {
  if (op === '=') return [`s.name = ${bind(value)}`]
  if (op === '!=') return [`s.name <> ${bind(value)}`]
  if (op === '=~' && ALTERNATIVES.test(value)) return [`s.name = ANY (${bind(value.split('|'))}::text[])`]
  return []
}

function labelCondition({ name, op, value }: Matcher, bind: Bind): string[] {
  // An empty label is no label; one that is stored as such is left to the exact test.
  if (op === '=' && value === '') return [`coalesce(s.labels ->> ${bind(name)}, '') = ''`]
  if (op === '!=' && value === '') return [`s.labels ? ${bind(name)}`]
  if (op === '=') return [`s.labels @> ${bind(JSON.stringify({ [name]: value }))}::jsonb`]
  if (op === '!=') return [`s.labels ->> ${bind(name)} IS DISTINCT FROM ${bind(value)}`]
  if (op === '=~' && ALTERNATIVES.test(value))
    return [`s.labels ->> ${bind(name)} = ANY (${bind(value.split('|'))}::text[])`]
  return []
}

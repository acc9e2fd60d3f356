import { parseLogSelector } from '../query/logql/index.js'
import { typeOf } from '../query/promql/check-types.js'
import { parsePromql } from '../query/promql/index.js'
import type { UserError } from '../schema/domain/errors.js'
import type { Measure } from '../schema/domain/measure.js'
import { QueryError } from '../schema/domain/query-error.js'
import type { Rule } from '../schema/domain/rule.js'
import { UserFault } from './user-fault.js'

/**
 * Parses every query of a rule.
 *
 * @param path Where the rule stands, from the operation's arguments inward.
 * @throws UserFault QUERY_INVALID with line and column, for each that does not parse.
 */
export function checkQueries(rule: Rule, path: readonly string[]): void {
  const errors = measuresOf(rule).flatMap(([measure, at]) => queryErrors(measure, [...path, rule.kind, ...at]))
  if (errors.length > 0) throw new UserFault(errors)
}

function measuresOf(rule: Rule): readonly (readonly [measure: Measure, at: readonly string[]])[] {
  switch (rule.kind) {
    case 'threshold':
      return [[rule.measure, ['measure']]]
    case 'errorRatio':
      return [
        [rule.bad, ['bad']],
        [rule.total, ['total']],
      ]
  }
}

function queryErrors(measure: Measure, path: readonly string[]): UserError[] {
  switch (measure.kind) {
    case 'events':
      return parseErrors(() => parseLogSelector(measure.filter), [...path, measure.signal, 'filter'])
    case 'counter':
      return parseErrors(() => parseLogSelector(measure.selector), [...path, 'counter', 'selector'])
    case 'metric':
      return parseErrors(() => parseInstant(measure.promql), [...path, 'metric', 'promql'])
  }
}

function parseErrors(parse: () => unknown, path: readonly string[]): UserError[] {
  try {
    parse()
    return []
  } catch (error) {
    if (!(error instanceof QueryError)) throw error
    const { code, message, line, column } = error
    return [{ code, message, line, column, path }]
  }
}

/** Parses an expression that can be judged at an instant. */
function parseInstant(promql: string): void {
  const type = typeOf(parsePromql(promql).expr)
  if (type === 'vector' || type === 'scalar') return
  const found = type === 'matrix' ? 'range vector' : type
  throw new QueryError(`The expression is a ${found}; expected an instant vector or a scalar.`, 1, 1)
}

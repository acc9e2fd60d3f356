import { RegexError } from '../../query/logql/regex/node.js'
import { compileMatchers } from '../../query/promql/index.js'
import type { Matcher } from '../../schema/domain/matcher.js'
import { QueryError } from '../../schema/domain/query-error.js'

/** Matchers whose patterns RE2 takes. Throws a QueryError for one that it does not. */
export function checkedMatchers(matchers: readonly Matcher[]): readonly Matcher[] {
  try {
    compileMatchers(matchers)
    return matchers
  } catch (error) {
    if (!(error instanceof RegexError)) throw error
    throw new QueryError(`A matcher's pattern is wrong: ${error.message}`, 1, 1)
  }
}

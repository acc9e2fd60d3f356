import { compileMatchers } from '../../query/promql/index.js'
import { RegexError } from '../../query/regex/node.js'
import type { Matcher } from '../../schema/domain/matcher.js'
import { QueryError } from '../../schema/domain/query-error.js'

/** Matchers that the stores take: no U+0000, and patterns of RE2. Throws a QueryError for one that they do not. */
export function checkedMatchers(matchers: readonly Matcher[]): readonly Matcher[] {
  const holder = matchers.find(({ name, value }) => name.includes('\0') || value.includes('\0'))
  if (holder !== undefined)
    throw new QueryError(
      `Found the character U+0000 in the matcher of ${JSON.stringify(holder.name)}; expected text without it, which no label holds.`,
      1,
      1,
    )
  try {
    compileMatchers(matchers)
    return matchers
  } catch (error) {
    if (!(error instanceof RegexError)) throw error
    throw new QueryError(`A matcher's pattern is wrong: ${error.message}`, 1, 1)
  }
}

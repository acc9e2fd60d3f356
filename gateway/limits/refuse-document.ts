import { GraphQLError, parse, Source } from 'graphql'
import { QUERY_LIMITS, queryFault } from './query-cost.js'

/**
 * Why a query's text is refused before Apollo sees it; null when it may pass. Validation compares fields with each
 * other and expands fragments, so what is too large must not reach it. Text that does not parse passes: Apollo says where.
 */
export function documentFault(query: unknown): string | null {
  if (typeof query !== 'string') return null
  try {
    return queryFault(parse(new Source(query), { maxTokens: QUERY_LIMITS.tokens, noLocation: true }))
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error
    return /contains more th\w+ \d+ tokens/.test(error.message)
      ? `The document has more than ${QUERY_LIMITS.tokens} tokens, which is the most that is served.`
      : null
  }
}

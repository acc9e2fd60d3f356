import { GraphQLError, parse, Source } from 'graphql'
import { QUERY_LIMITS, queryFault } from './query-cost.js'
import { literalsFault, variablesFault } from './refuse-text.js'

/** Why a request is refused before Apollo sees it. */
export interface RequestFault {
  readonly code: 'QUERY_TOO_LARGE' | 'BAD_USER_INPUT'
  readonly message: string
}

/**
 * Why a request is refused before Apollo sees it; null when it may pass. Validation compares fields with each other and
 * expands fragments, so what is too large must not reach it. Text that does not parse passes: Apollo says where.
 */
export function requestFault(query: unknown, variables: unknown): RequestFault | null {
  const unstorable = variablesFault(variables)
  if (unstorable !== null) return { code: 'BAD_USER_INPUT', message: unstorable }
  if (typeof query !== 'string') return null
  try {
    const document = parse(new Source(query), { maxTokens: QUERY_LIMITS.tokens, noLocation: true })
    const large = queryFault(document)
    if (large !== null) return { code: 'QUERY_TOO_LARGE', message: large }
    const literal = literalsFault(document)
    return literal === null ? null : { code: 'BAD_USER_INPUT', message: literal }
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error
    if (!/contains more th\w+ \d+ tokens/.test(error.message)) return null
    const message = `The document has more than ${QUERY_LIMITS.tokens} tokens, which is the most that is served.`
    return { code: 'QUERY_TOO_LARGE', message }
  }
}

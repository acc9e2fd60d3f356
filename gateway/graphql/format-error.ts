import { GraphQLError, type GraphQLFormattedError } from 'graphql'
import { QueryBoundError, QueryCancelledError } from '../../schema/domain/query-bounds.js'
import type { Log } from '../../schema/ports/clock.js'
import { StoreError } from '../../schema/ports/telemetry.js'

/**
 * Errors as callers see them. A fault of ours is logged with its cause and answered with a sentence that gives nothing
 * away; what the caller did wrong stays as it is.
 */
export function createFormatError(log: Log) {
  return function formatError(formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError {
    if (formatted.extensions?.code !== 'INTERNAL_SERVER_ERROR') return formatted
    const cause = error instanceof GraphQLError ? (error.originalError ?? error) : error
    // graphql-js itself, before any field: it gave up reading variables.
    if (cause instanceof GraphQLError && cause.path === undefined)
      return { ...formatted, extensions: { code: 'BAD_USER_INPUT' } }
    if (cause instanceof QueryCancelledError)
      return { ...formatted, message: cause.message, extensions: { code: 'CANCELLED' } }
    if (cause instanceof QueryBoundError)
      return { ...formatted, message: cause.message, extensions: { code: 'TOO_BROAD', bound: cause.bound } }
    const place = { ...(formatted.path === undefined ? {} : { path: formatted.path }) }
    log.error({ err: cause, ...place }, 'A GraphQL field failed.')
    if (cause instanceof StoreError)
      return {
        ...place,
        message: 'A store is away or did not answer in time; the same may succeed later.',
        extensions: { code: 'UNAVAILABLE' },
      }
    return {
      ...place,
      message: 'Something went wrong on our side; it is logged, and nothing more is known here.',
      extensions: { code: 'INTERNAL_SERVER_ERROR' },
    }
  }
}

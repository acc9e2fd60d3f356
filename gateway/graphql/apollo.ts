import { ApolloServer } from '@apollo/server'
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
} from '@apollo/server/plugin/disabled'
import type { GraphQLSchema } from 'graphql'
import type { Log } from '../../schema/ports/clock.js'
import type { GatewayContext } from '../context.js'
import { QUERY_LIMITS } from '../limits/query-cost.js'
import { createFormatError } from './format-error.js'
import { countedOperations, documentAnswers, introspectionForSignedIn, subscriptionsAsStreams } from './plugins.js'

/** Who may read the schema. */
export type Introspection = 'everyone' | 'signed in'

/** Apollo Server with what it does by default and we do not want turned off. Not started. */
export function createApollo(deps: {
  readonly schema: GraphQLSchema
  readonly log: Log
  readonly introspection: Introspection
  /** Told of each root field that is asked for. */
  readonly count: (operation: string, field: string) => void
}): ApolloServer<GatewayContext> {
  return new ApolloServer<GatewayContext>({
    schema: deps.schema,
    nodeEnv: 'production',
    introspection: true,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    persistedQueries: false,
    allowBatchedHttpRequests: false,
    // Nothing authenticates by itself here (no cookies), bodies other than JSON are refused and GET cannot mutate: a
    // foreign page has nothing to ride on.
    csrfPrevention: false,
    parseOptions: { maxTokens: QUERY_LIMITS.tokens },
    validationOptions: { maxErrors: 20 },
    executionOptions: { maxCoercionErrors: 20 },
    formatError: createFormatError(deps.log),
    logger: apolloLogger(deps.log),
    plugins: [
      ApolloServerPluginLandingPageDisabled(),
      // It would reckon with every field how long an answer may be kept: 8 ms of a page of 1,000 rows, and more for the
      // collector. No answer may be kept, as the server's headers say.
      ApolloServerPluginCacheControlDisabled(),
      documentAnswers(),
      countedOperations(deps.count),
      subscriptionsAsStreams(),
      ...(deps.introspection === 'signed in' ? [introspectionForSignedIn()] : []),
    ],
  })
}

function apolloLogger(log: Log) {
  return {
    debug: (message?: string) => log.debug({}, String(message)),
    info: (message?: string) => log.info({}, String(message)),
    warn: (message?: string) => log.warn({}, String(message)),
    error: (message?: string) => log.error({}, String(message)),
  }
}

import type { ApolloServerPlugin } from '@apollo/server'
import { BREAK, type DocumentNode, GraphQLError, Kind, visit } from 'graphql'
import type { GatewayContext } from '../context.js'

/** Refuses introspection to those who are not signed in. */
export function introspectionForSignedIn(): ApolloServerPlugin<GatewayContext> {
  return {
    async requestDidStart() {
      return {
        async didResolveOperation({ document, contextValue }) {
          if (contextValue.authentication.caller !== null || !introspects(document)) return
          throw new GraphQLError('Introspection is for signed-in callers; send an access token or an API token.', {
            extensions: { code: 'INTROSPECTION_DISABLED', http: { status: 400 } },
          })
        },
      }
    },
  }
}

function introspects(document: DocumentNode): boolean {
  let found = false
  visit(document, {
    Field({ name }) {
      found = name.value === '__schema' || name.value === '__type'
      return found ? BREAK : undefined
    },
  })
  return found
}

/** Refuses a subscription where one answer is expected. */
export function subscriptionsAsStreams(): ApolloServerPlugin<GatewayContext> {
  return {
    async requestDidStart() {
      return {
        async didResolveOperation({ operation }) {
          if (operation?.operation !== 'subscription') return
          throw new GraphQLError(
            'Found a subscription; expected `accept: text/event-stream` with it, or a WebSocket of graphql-transport-ws.',
            { extensions: { code: 'BAD_REQUEST', http: { status: 400 } } },
          )
        },
      }
    },
  }
}

/** What a wrong document answers with. */
const DOCUMENT_FAULTS = ['GRAPHQL_PARSE_FAILED', 'GRAPHQL_VALIDATION_FAILED']

/**
 * Answers as GraphQL over HTTP asks: a document that does not parse or is not valid is HTTP 200 to clients that take
 * `application/json`, since such clients read the status as the transport's; and 400 to those that take
 * `application/graphql-response+json`. Names of fields are suggested to signed-in callers alone.
 */
export function documentAnswers(): ApolloServerPlugin<GatewayContext> {
  return {
    async requestDidStart() {
      return {
        async willSendResponse({ request, response, contextValue }) {
          if (response.body.kind !== 'single') return
          const { errors } = response.body.singleResult
          if (errors === undefined || errors.length === 0) return
          const documentFault = errors.every((error) => DOCUMENT_FAULTS.includes(String(error.extensions?.code)))
          const accept = request.http?.headers.get('accept') ?? ''
          if (documentFault && response.http.status === 400 && !accept.includes('application/graphql-response+json'))
            response.http.status = 200
          if (contextValue.authentication.caller === null)
            response.body.singleResult.errors = errors.map((error) => ({
              ...error,
              message: error.message.replace(/ Did you mean .*\?$/s, ''),
            }))
        },
      }
    },
  }
}

/** Tells which root fields were asked for; each is a name of the schema, so there are not many. */
export function countedOperations(
  count: (operation: string, field: string) => void,
): ApolloServerPlugin<GatewayContext> {
  return {
    async requestDidStart() {
      return {
        async didResolveOperation({ operation }) {
          for (const selection of operation?.selectionSet.selections ?? [])
            if (operation && selection.kind === Kind.FIELD) count(operation.operation, selection.name.value)
        },
      }
    },
  }
}

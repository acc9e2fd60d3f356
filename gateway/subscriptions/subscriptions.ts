import { setImmediate } from 'node:timers/promises'
import {
  type DocumentNode,
  type ExecutionResult,
  type FormattedExecutionResult,
  type GraphQLError,
  GraphQLError as GraphQLErrorClass,
  type GraphQLSchema,
  getOperationAST,
  Kind,
  OperationTypeNode,
  parse,
  specifiedRules,
  subscribe,
  validate,
} from 'graphql'
import type { Log } from '../../schema/ports/clock.js'
import type { Authenticate } from '../auth/authenticate.js'
import type { Origin } from '../auth/sessions.js'
import { createContext, type Services } from '../context.js'
import { createFormatError } from '../graphql/format-error.js'
import { QUERY_LIMITS } from '../limits/query-cost.js'
import { requestFault } from '../limits/refuse-document.js'
import { unauthenticated } from '../user-fault.js'
import { SUBSCRIPTION_BOUNDS } from './bounds.js'
import { type EndableEvents, endable } from './endable.js'
import { createShownErrors, refusal } from './shown-errors.js'

/** An operation as a client sends it, by whatever transport. */
export interface SubscriptionRequest {
  readonly query?: unknown
  readonly variables?: unknown
  readonly operationName?: unknown
}

/** Who sends it. */
export interface Subscriber {
  /** The header, or what stands for it. */
  readonly authorization: string | undefined
  readonly origin: Origin
}

/** What comes of it: events until it ends, or why there are none. */
export type Opened =
  | { readonly errors: readonly GraphQLError[]; readonly status: number }
  | { readonly events: EndableEvents }

/** Opens subscriptions, the same for every transport. */
export interface Subscriptions {
  open(request: SubscriptionRequest, subscriber: Subscriber): Promise<Opened>
  /** Errors as callers see them. */
  shown(errors: readonly GraphQLError[]): NonNullable<FormattedExecutionResult['errors']>
  /** Ends all that are open; each hears why. */
  close(): Promise<void>
}

/**
 * The limits of a document are those of HTTP. Who subscribes is asked again while it runs, and an end of the session, the
 * token or a permission ends the subscription.
 */
export function createSubscriptions(deps: {
  readonly schema: GraphQLSchema
  readonly services: Services
  readonly authenticate: Authenticate
  readonly log: Log
  readonly count: (operation: string, field: string) => void
  readonly recheckMs: number
}): Subscriptions {
  const { schema, services, authenticate, recheckMs } = deps
  const shown = createShownErrors(createFormatError(deps.log))
  const open = new Set<EndableEvents>()
  const byOrg = new Map<string, number>()
  let isClosing = false

  async function whoIs({ authorization }: Subscriber) {
    return authenticate(authorization, services.clock.now())
  }

  /** Why a subscription has to end, as far as its caller goes; null when it may go on. */
  async function changed(subscriber: Subscriber, held: readonly string[]): Promise<GraphQLError | null> {
    const { caller, ...rest } = await whoIs(subscriber)
    if (caller === null) return unauthenticated('why' in rest ? rest.why : 'The session has ended; sign in again.')
    const lost = held.find((permission) => !caller.permissions.some((has) => has === permission))
    return lost === undefined ? null : refusal('FORBIDDEN', `The permission ${lost} was taken away; subscribe again.`)
  }

  return {
    shown,
    async open(request, subscriber) {
      const read = readDocument(schema, request)
      if ('errors' in read) return { ...read, status: 400 }
      const authentication = await whoIs(subscriber)
      if (authentication.caller === null) return { errors: [unauthenticated(authentication.why)], status: 401 }
      const { org, permissions } = authentication.caller
      const running = byOrg.get(org.id) ?? 0
      if (running >= SUBSCRIPTION_BOUNDS.anOrg) {
        const message = `Found ${running} open subscriptions of this organisation, which is the most that one process serves.`
        return { errors: [refusal('LIMIT_EXCEEDED', message)], status: 429 }
      }
      if (isClosing) return { errors: [goingAway()], status: 503 }
      byOrg.set(org.id, running + 1)
      const ending = new AbortController()
      const release = () => {
        ending.abort()
        const left = (byOrg.get(org.id) ?? 1) - 1
        if (left > 0) byOrg.set(org.id, left)
        else byOrg.delete(org.id)
      }
      try {
        const result = await subscribe({
          schema,
          document: read.document,
          contextValue: createContext(services, authentication, subscriber.origin, ending.signal),
          ...(isRecord(request.variables) ? { variableValues: request.variables } : {}),
          operationName: read.operationName,
        })
        if (!(Symbol.asyncIterator in result)) {
          release()
          return { errors: result.errors ?? [], status: 400 }
        }
        for (const field of read.fields) deps.count('subscription', field)
        const events = endable(result, formatted, () => {
          clearInterval(rechecking)
          open.delete(events)
          release()
        })
        const rechecking = setInterval(() => {
          changed(subscriber, permissions).then(
            (error) => error !== null && events.end(error),
            // The store that knows is away: what runs goes on until it answers.
            (error) => deps.log.warn({ err: error }, 'Who subscribes could not be looked at again.'),
          )
        }, recheckMs)
        open.add(events)
        if (isClosing) events.end(goingAway())
        return { events }
      } catch (error) {
        release()
        throw error
      }
    },
    async close() {
      isClosing = true
      for (const events of [...open]) events.end(goingAway())
      // Their last events go out before a transport closes.
      await setImmediate()
    },
  }

  function formatted(result: ExecutionResult): FormattedExecutionResult {
    const { errors, ...rest } = result
    return errors === undefined ? rest : { ...rest, errors: shown(errors) }
  }
}

const goingAway = () => refusal('GOING_AWAY', 'This gateway stops; subscribe again, with the last cursor as `after`.')

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The document of a request, if it is one subscription within the limits. */
function readDocument(
  schema: GraphQLSchema,
  { query, variables, operationName }: SubscriptionRequest,
):
  | { readonly errors: readonly GraphQLError[] }
  | { readonly document: DocumentNode; readonly operationName: string | null; readonly fields: readonly string[] } {
  if (typeof query !== 'string')
    return { errors: [refusal('BAD_REQUEST', 'Found no `query`; expected the text of a GraphQL document.')] }
  const fault = requestFault(query, variables)
  if (fault !== null) return { errors: [refusal(fault.code, fault.message)] }
  let document: DocumentNode
  try {
    document = parse(query, { maxTokens: QUERY_LIMITS.tokens })
  } catch (error) {
    if (!(error instanceof GraphQLErrorClass)) throw error
    return { errors: [coded(error, 'GRAPHQL_PARSE_FAILED')] }
  }
  const errors = validate(schema, document, specifiedRules, { maxErrors: 20 })
  if (errors.length > 0) return { errors: errors.map((error) => coded(error, 'GRAPHQL_VALIDATION_FAILED')) }
  const name = typeof operationName === 'string' ? operationName : null
  const operation = getOperationAST(document, name)
  if (operation?.operation !== OperationTypeNode.SUBSCRIPTION) {
    const message = `Found ${operation?.operation ?? 'no single operation'}; expected a subscription: queries and mutations go by POST to /graphql.`
    return { errors: [refusal('OPERATION_RESOLUTION_FAILURE', message)] }
  }
  const fields = operation.selectionSet.selections.flatMap((each) =>
    each.kind === Kind.FIELD ? [each.name.value] : [],
  )
  return { document, operationName: name, fields }
}

function coded(error: GraphQLError, code: string): GraphQLError {
  const { message, nodes, source, positions } = error
  return new GraphQLErrorClass(message, {
    nodes: nodes ?? null,
    source: source ?? null,
    positions: positions ?? null,
    extensions: { code },
  })
}

import type { Connection, Count, CountedConnection, PageInfo } from '../schema/graphql/connection.js'
import {
  type CountedPage,
  CursorError,
  MatcherError,
  type Page,
  type PageRequest,
} from '../schema/ports/control-plane.js'
import { badInput } from './user-fault.js'

const MAX_FIRST = 100

/** The page that `first` and `after` ask for. Throws BAD_USER_INPUT. */
export function pageRequest(first: number, after: string | null | undefined): PageRequest {
  if (first < 1 || first > MAX_FIRST) throw badInput(`Found first: ${first}; expected 1 to ${MAX_FIRST}.`)
  return { first, after: after ?? null }
}

/** A page as a Relay connection, its values mapped to what GraphQL shows. */
export function connectionOf<Value, Shown>(
  page: Page<Value>,
  request: PageRequest,
  show: (value: Value) => Shown,
): Connection<Shown> {
  const edges = page.items.map((item) => ({ cursor: item.cursor, node: show(item.value) }))
  return {
    edges,
    nodes: edges.map((edge) => edge.node),
    pageInfo: {
      hasNextPage: page.hasNextPage,
      hasPreviousPage: request.after !== null,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  }
}

/** The same with a total, counted only when a field asks for it. */
export function countedConnectionOf<Value, Shown>(
  page: CountedPage<Value>,
  request: PageRequest,
  show: (value: Value) => Shown,
): CountedConnection<Shown> {
  return new Counted(connectionOf(page, request, show), () => page.count())
}

class Counted<Shown> implements CountedConnection<Shown> {
  readonly edges: Connection<Shown>['edges']
  readonly nodes: readonly Shown[]
  readonly pageInfo: PageInfo

  constructor(
    { edges, nodes, pageInfo }: Connection<Shown>,
    private readonly count: () => Promise<number>,
  ) {
    this.edges = edges
    this.nodes = nodes
    this.pageInfo = pageInfo
  }

  get totalCount(): Promise<Count> {
    return this.count().then((value) => ({ value, exact: true }))
  }
}

/** Reads a list; a foreign cursor or a pattern that is none becomes BAD_USER_INPUT. */
export async function readList<Result>(read: () => Promise<Result>): Promise<Result> {
  try {
    return await read()
  } catch (error) {
    if (error instanceof CursorError || error instanceof MatcherError) throw badInput(error.message)
    throw error
  }
}

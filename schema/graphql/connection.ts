import { Field, Int, ObjectType } from './decorators.js'

@ObjectType()
export class PageInfo {
  @Field(() => Boolean)
  hasNextPage!: boolean
  @Field(() => Boolean)
  hasPreviousPage!: boolean
  @Field(() => String, { nullable: true })
  startCursor!: string | null
  @Field(() => String, { nullable: true })
  endCursor!: string | null
}

@ObjectType()
export class Count {
  @Field(() => Int)
  value!: number
  @Field(() => Boolean)
  exact!: boolean
}

/** A page of a Relay connection, as resolvers hand it out. */
export interface Connection<Value> {
  readonly edges: readonly { readonly cursor: string; readonly node: Value }[]
  readonly nodes: readonly Value[]
  readonly pageInfo: PageInfo
}

/** A connection that knows its total; counted only when it is asked for. */
export interface CountedConnection<Value> extends Connection<Value> {
  readonly totalCount: Count | Promise<Count>
}

type TypeClass = abstract new (...args: never[]) => object

/** The GraphQL types `XEdge` and `XConnection` of a node type, without a total. */
export function connectionType(name: string, node: () => TypeClass) {
  @ObjectType(`${name}Edge`)
  class Edge {
    @Field(() => String)
    cursor!: string
    @Field(node)
    node!: object
  }

  @ObjectType(`${name}Connection`)
  class PlainConnection {
    @Field(() => [Edge])
    edges!: Edge[]
    @Field(() => [node()])
    nodes!: object[]
    @Field(() => PageInfo)
    pageInfo!: PageInfo
  }
  return PlainConnection
}

/** The GraphQL types `XEdge` and `XConnection` of a node type, with `totalCount`. */
export function countedConnectionType(name: string, node: () => TypeClass) {
  const Plain = connectionType(name, node)
  Field(() => Count)(Plain.prototype, 'totalCount')
  return Plain
}

import { SERVICE_KINDS, type ServiceKind } from '../ports/traces.js'
import { Count } from './connection.js'
import { Field, Float, InputType, Int, ObjectType, registerEnumType } from './decorators.js'
import { UserError } from './errors.js'
import { BigIntText } from './scalars.js'
import { TraceConnection } from './trace.js'

@InputType({ description: 'Which traces; all that is given must hold.' })
export class TraceFilter {
  @Field(() => String, {
    nullable: true,
    description:
      'A selector that one of its spans meets: {service="api", http.route="/x"} | duration > 500ms. Of the same span as `service` and `name`.',
  })
  filter?: string | null
  @Field(() => String, { nullable: true })
  service?: string | null
  @Field(() => String, { nullable: true })
  name?: string | null
  @Field(() => Float, { nullable: true, description: 'Of the trace.' })
  minDurationMs?: number | null
  @Field(() => Float, { nullable: true, description: 'Of the trace.' })
  maxDurationMs?: number | null
  @Field(() => Boolean, { nullable: true, description: 'Only traces with a span that failed.' })
  errorsOnly?: boolean | null
}

@ObjectType({ description: 'Traces whose duration lies in [fromMs, toMs); the last bucket may have no end.' })
export class TraceDurationBucket {
  @Field(() => Float)
  fromMs!: number
  @Field(() => Float, { nullable: true })
  toMs!: number | null
  @Field(() => BigIntText)
  count!: string
  @Field(() => BigIntText, { description: 'Of these, those with a span that failed.' })
  errors!: string
}

@ObjectType()
export class TraceResult {
  @Field(() => TraceConnection, { nullable: true })
  traces!: InstanceType<typeof TraceConnection> | null
  @Field(() => Count, { nullable: true, description: 'Traces that are found, on all pages.' })
  count!: Promise<Count> | null
  @Field(() => Count, { nullable: true, description: 'Of these, those with a span that failed.' })
  errorCount!: Promise<Count> | null
  @Field(() => [TraceDurationBucket], {
    nullable: true,
    description: 'All that are found by duration, from the first bucket that holds any to the last.',
  })
  histogram!: Promise<readonly TraceDurationBucket[]> | null
  @Field(() => [UserError])
  userErrors!: readonly UserError[]
}

export const ServiceKindEnum = Object.fromEntries(SERVICE_KINDS.map((kind) => [kind, kind])) as {
  readonly [Key in ServiceKind]: Key
}
registerEnumType(ServiceKindEnum, {
  name: 'ServiceKind',
  description: 'What sends spans (SERVICE), or what their attributes name and that sends none.',
})

@ObjectType()
export class ServiceMapNode {
  @Field(() => String)
  name!: string
  @Field(() => ServiceKindEnum)
  kind!: ServiceKind
  @Field(() => BigIntText, { description: 'Spans of a service; of what sends none, the calls with it.' })
  spans!: string
  @Field(() => BigIntText)
  errors!: string
}

@ObjectType({ description: 'Calls of one service to another; latencies are those of the spans that were called.' })
export class ServiceMapEdge {
  @Field(() => String)
  caller!: string
  @Field(() => ServiceKindEnum)
  callerKind!: ServiceKind
  @Field(() => String)
  callee!: string
  @Field(() => ServiceKindEnum)
  calleeKind!: ServiceKind
  @Field(() => BigIntText)
  calls!: string
  @Field(() => BigIntText)
  errors!: string
  @Field(() => Float, { description: 'Errors of the calls, 0 to 1.' })
  errorRate!: number
  @Field(() => Float)
  p50Ms!: number
  @Field(() => Float)
  p95Ms!: number
  @Field(() => Float)
  p99Ms!: number
}

@ObjectType()
export class ServiceMap {
  @Field(() => [ServiceMapNode], { description: 'Most spans first.' })
  nodes!: readonly ServiceMapNode[]
  @Field(() => [ServiceMapEdge], { description: 'Most calls first.' })
  edges!: readonly ServiceMapEdge[]
  @Field(() => BigIntText, { description: 'Spans that began in the range.' })
  spanCount!: string
  @Field(() => Int, {
    description: 'One trace in so many was read, and counts are multiplied by it; 1 where all were.',
  })
  sampledOneIn!: number
  @Field(() => Boolean, { description: 'Nodes or edges with the fewest calls were left out.' })
  truncated!: boolean
}

@ObjectType()
export class ServiceMapResult {
  @Field(() => ServiceMap, { nullable: true })
  map!: ServiceMap | null
  @Field(() => [UserError])
  userErrors!: readonly UserError[]
}

import { SPAN_FINDINGS, type SpanFinding } from '../domain/trace.js'
import { connectionType, countedConnectionType } from './connection.js'
import { Field, Float, Int, ObjectType, registerEnumType } from './decorators.js'
import { DateTime, Json } from './scalars.js'

export const SpanFindingEnum = Object.fromEntries(Object.keys(SPAN_FINDINGS).map((name) => [name, name])) as {
  readonly [Key in SpanFinding]: Key
}
registerEnumType(SpanFindingEnum, {
  name: 'SpanFinding',
  description: 'What is odd about a span’s place in its trace.',
  valuesConfig: {
    PARENT_MISSING: { description: 'It names a parent that is not in the trace (yet), and so stands at the top.' },
    CYCLE: { description: 'Its parents lead back to itself; the cycle was cut here, and the span stands at the top.' },
    DUPLICATE_ID: { description: 'Another span of the trace has the same id.' },
    OUTSIDE_PARENT: {
      description: 'It begins before its parent or ends after it: clocks differ, or it went on by itself.',
    },
  },
})

@ObjectType()
export class Span {
  @Field(() => String)
  spanId!: string
  @Field(() => String, { nullable: true })
  parentSpanId!: string | null
  @Field(() => String)
  service!: string
  @Field(() => String)
  name!: string
  @Field(() => String, { description: 'unspecified, internal, server, client, producer or consumer.' })
  kind!: string
  @Field(() => DateTime, { description: 'To the nanosecond.' })
  startedAt!: string
  @Field(() => Float)
  durationMs!: number
  @Field(() => String, { description: 'unset, ok or error.' })
  status!: string
  @Field(() => String, { nullable: true })
  statusMessage!: string | null
  @Field(() => String, { nullable: true })
  traceState!: string | null
  @Field(() => String, { nullable: true })
  scopeName!: string | null
  @Field(() => String, { nullable: true })
  scopeVersion!: string | null
  @Field(() => Json, { description: 'Those of the resource begin with `resource.`, those of the scope with `scope.`.' })
  attributes!: unknown
  @Field(() => Json, { description: 'A list of `{at, name, attributes}`.' })
  events!: unknown
  @Field(() => Json, { description: 'A list of `{traceId, spanId, attributes}`.' })
  links!: unknown
  @Field(() => Int, { description: 'Its row in the tree, from 0.' })
  position!: number
  @Field(() => Int, { description: 'How many spans stand above it.' })
  depth!: number
  @Field(() => Int, { description: 'How many stand below it, at whatever depth: the rows right after it.' })
  descendantCount!: number
  @Field(() => Boolean, { description: 'The end of the trace waited for it.' })
  onCriticalPath!: boolean
  @Field(() => Float, { description: 'Its time in which none of its children ran.' })
  selfMs!: number
  @Field(() => Float, { description: 'Its own time on the critical path; with one root, these add up to the root’s.' })
  criticalMs!: number
  @Field(() => [SpanFindingEnum])
  findings!: readonly SpanFinding[]
}
export const SpanConnection = countedConnectionType('Span', () => Span)

@ObjectType({ description: 'What one service has of a trace.' })
export class TraceService {
  @Field(() => String)
  service!: string
  @Field(() => Int)
  spanCount!: number
  @Field(() => Int)
  errorCount!: number
  @Field(() => Float)
  selfMs!: number
  @Field(() => Float)
  criticalMs!: number
}

@ObjectType()
export class Trace {
  @Field(() => String)
  traceId!: string
  @Field(() => DateTime)
  startedAt!: string
  @Field(() => Float, { description: 'From the first start to the last end.' })
  durationMs!: number
  @Field(() => Int)
  spanCount!: number
  @Field(() => Int)
  errorCount!: number
  @Field(() => [String], { description: 'In the order in which they appear.' })
  services!: readonly string[]
  @Field(() => [TraceService])
  byService!: readonly TraceService[]
  @Field(() => Boolean, {
    description: 'It has more spans than are read; only those that began first stand in the tree and the counts.',
  })
  truncated!: boolean
}

@ObjectType()
export class TraceSummary {
  @Field(() => String)
  traceId!: string
  @Field(() => String, { nullable: true, description: 'Null while no span without a parent has come.' })
  rootService!: string | null
  @Field(() => String, { nullable: true })
  rootName!: string | null
  @Field(() => DateTime)
  startedAt!: string
  @Field(() => Float)
  durationMs!: number
  @Field(() => Int)
  spanCount!: number
  @Field(() => Int)
  errorCount!: number
  @Field(() => [String])
  services!: readonly string[]
}
export const TraceConnection = connectionType('Trace', () => TraceSummary)

import { GraphQLInputObjectType, type GraphQLSchema, lexicographicSortSchema, printSchema } from 'graphql'
// Before type-graphql itself, which wants what the shim gives.
import '../../schema/graphql/decorators.js'
import { buildSchemaSync } from 'type-graphql'
import { AlertInstanceResolver } from '../resolvers/alert-instances.js'
import { ApiTokenResolver } from '../resolvers/api-tokens.js'
import { ChannelResolver } from '../resolvers/channels.js'
import { DeliveryResolver } from '../resolvers/deliveries.js'
import { IncidentResolver } from '../resolvers/incidents.js'
import { IngestKeyResolver } from '../resolvers/ingest-keys.js'
import { LogContextResolver } from '../resolvers/log-context.js'
import { LogSeriesResolver } from '../resolvers/log-series.js'
import { LogTailResolver } from '../resolvers/log-tail.js'
import { LogResolver } from '../resolvers/logs.js'
import { MetricNamesResolver } from '../resolvers/metric-names.js'
import { MetricQueryResolver } from '../resolvers/metric-queries.js'
import { MonitorMutations } from '../resolvers/monitor-mutations.js'
import { MonitorResolver } from '../resolvers/monitors.js'
import { NodeResolver } from '../resolvers/node.js'
import { OrgResolver } from '../resolvers/org.js'
import { OrgSettingsResolver } from '../resolvers/org-settings.js'
import { RumSessionResolver } from '../resolvers/rum-sessions.js'
import { RumVitalResolver } from '../resolvers/rum-vitals.js'
import { ScrubPolicyResolver } from '../resolvers/scrub-policy.js'
import { ServiceMapResolver } from '../resolvers/service-map.js'
import { SessionResolver } from '../resolvers/session.js'
import { TraceResolver } from '../resolvers/trace.js'
import { TraceSearchResolver } from '../resolvers/traces.js'
import { ViewerResolver } from '../resolvers/viewer.js'

/** Inputs of which exactly one field is given. type-graphql ignores `@Directive('@oneOf')`, so they are marked afterwards. */
const ONE_OF = ['MeasureInput', 'RuleInput', 'ChannelConfigInput']

/** The executable schema, from the resolvers and the types they name. */
export function buildGatewaySchema(): GraphQLSchema {
  const schema = buildSchemaSync({
    resolvers: [
      SessionResolver,
      ViewerResolver,
      OrgResolver,
      OrgSettingsResolver,
      ScrubPolicyResolver,
      NodeResolver,
      ApiTokenResolver,
      IngestKeyResolver,
      MonitorResolver,
      MonitorMutations,
      AlertInstanceResolver,
      ChannelResolver,
      IncidentResolver,
      DeliveryResolver,
      LogResolver,
      LogContextResolver,
      LogSeriesResolver,
      LogTailResolver,
      MetricQueryResolver,
      MetricNamesResolver,
      TraceResolver,
      TraceSearchResolver,
      ServiceMapResolver,
      RumVitalResolver,
      RumSessionResolver,
    ],
    validate: false,
    // Each subscription brings its own events; type-graphql wants the other way to be there all the same.
    pubSub: { publish: noTopics, subscribe: noTopics },
  })
  for (const name of ONE_OF) {
    const type = schema.getType(name)
    if (!(type instanceof GraphQLInputObjectType)) throw new TypeError(`The schema has no input ${name}.`)
    type.isOneOf = true
  }
  return schema
}

function noTopics(): never {
  throw new TypeError('No subscription goes by topics.')
}

/** The schema's text as it is committed: sorted, so that a diff shows what changed and not where it moved. */
export function printGatewaySchema(schema: GraphQLSchema): string {
  return `${printSchema(lexicographicSortSchema(schema))}\n`
}

import type { MonitorStatus } from '../schema/domain/monitor.js'
import type { OrgStandards } from '../schema/domain/org-limits.js'
import type { Permission } from '../schema/domain/permission.js'
import type { ScrubPolicy } from '../schema/domain/scrub.js'
import type { Clock, Log, Random } from '../schema/ports/clock.js'
import type { ControlPlane, OrgStores } from '../schema/ports/control-plane.js'
import type { FanOut } from '../schema/ports/limits.js'
import type { RumReader } from '../schema/ports/rum.js'
import type { LogSeriesReader, SeriesCatalog } from '../schema/ports/series.js'
import type { LogReader } from '../schema/ports/telemetry.js'
import type { TraceReader } from '../schema/ports/traces.js'
import type { Authentication } from './auth/authenticate.js'
import type { Caller } from './auth/caller.js'
import type { Origin, Sessions } from './auth/sessions.js'
import { createBatch } from './batch.js'
import type { TailHub } from './log-tail/hub.js'
import type { PromqlQueries } from './promql/queries.js'
import type { QueryTurns } from './query-turns.js'
import type { TraceShelf } from './traces/trace-shelf.js'
import { forbidden, unauthenticated } from './user-fault.js'

/** What resolvers call on; the same for every request. */
export interface Services {
  readonly controlPlane: ControlPlane
  readonly logs: { forOrg(orgId: string): LogReader }
  readonly logSeries: { forOrg(orgId: string): LogSeriesReader }
  readonly rum: { forOrg(orgId: string): RumReader }
  readonly traces: { forOrg(orgId: string): TraceReader }
  readonly traceShelf: TraceShelf
  readonly series: { forOrg(orgId: string): SeriesCatalog }
  readonly promql: PromqlQueries
  readonly queryTurns: QueryTurns
  readonly sessions: Sessions
  readonly tails: TailHub
  readonly fanOut: FanOut
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly testChannel: TestChannel
  /** What holds for orgs that have no limits of their own. */
  readonly standards: OrgStandards
  readonly scrubberOf: ScrubberOf
  /** Why a URL may not be called, as a sentence; null when it may. */
  readonly urlFault: (url: string) => string | null
}

/** What a scrub policy makes of an org's telemetry. */
export type ScrubberOf = (
  orgId: string,
  policy: ScrubPolicy,
) => { text(text: string, field: string): string; value(name: string, value: string): unknown }

/** Sends a test message to a channel of an org. */
export type TestChannel = (
  orgId: string,
  channelId: string,
) => Promise<{ readonly delivered: boolean; readonly detail: string }>

/** What a resolver is given: one request's caller and the services. */
export interface GatewayContext {
  readonly services: Services
  readonly authentication: Authentication
  readonly origin: Origin
  /** Aborts when the caller leaves before the answer. */
  readonly signal: AbortSignal
  /** Statuses of monitors of the caller's org, asked together. */
  readonly monitorStatus: (id: string) => Promise<MonitorStatus | null>
}

export function createContext(
  services: Services,
  authentication: Authentication,
  origin: Origin,
  signal: AbortSignal,
): GatewayContext {
  const { caller } = authentication
  const monitorStatus = createBatch<string, MonitorStatus>(async (ids) =>
    caller === null ? new Map() : services.controlPlane.forOrg(caller.org.id).monitors.statuses(ids),
  )
  return { services, authentication, origin, signal, monitorStatus }
}

/** A caller with the stores of its org. */
export interface SignedIn {
  readonly caller: Caller
  readonly stores: OrgStores
}

/** The caller of a request. Throws UNAUTHENTICATED. */
export function signedIn(context: GatewayContext): SignedIn {
  const { authentication, services } = context
  if (authentication.caller === null) throw unauthenticated(authentication.why)
  return { caller: authentication.caller, stores: services.controlPlane.forOrg(authentication.caller.org.id) }
}

/** The caller of a request, who holds a permission. Throws UNAUTHENTICATED or FORBIDDEN. */
export function permitted(context: GatewayContext, permission: Permission): SignedIn {
  const who = signedIn(context)
  if (!who.caller.permissions.includes(permission)) throw forbidden(permission)
  return who
}

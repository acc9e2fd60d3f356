import { createHash, randomBytes } from 'node:crypto'
import type { FastifyInstance, InjectOptions, LightMyRequestResponse as Response } from 'fastify'
import type pg from 'pg'
import { afterAll, beforeAll } from 'vitest'
import {
  apiTokenText,
  createEvaluationPool,
  createGateway,
  type Gateway,
  type GatewayDeps,
  hashPassword,
  ingestKeyText,
} from '../../gateway/index.js'
import { createScrubber } from '../../ingest/scrub/index.js'
import { createPrisma, type Database } from '../../prisma/client.js'
import { createSealer, type Sealer } from '../../prisma/sealing.js'
import { type BootstrapCredentials, bootstrap } from '../../prisma/stores/bootstrap.js'
import { createControlPlane } from '../../prisma/stores/control-plane.js'
import { createMemoryFanOut } from '../../queue/memory/fan-out.js'
import { createMemoryLimiter } from '../../queue/memory/limiter.js'
import { NO_FLUSHES } from '../../schema/domain/horizon.js'
import { DEFAULT_RETENTION } from '../../schema/domain/retention.js'
import type { Log } from '../../schema/ports/clock.js'
import type { FanOut } from '../../schema/ports/limits.js'
import type { TraceReader } from '../../schema/ports/traces.js'
import { createMetricReader } from '../../sql/metric-reader.js'
import { createSeriesCatalog } from '../../sql/series-catalog.js'
import { useStores } from './stores.js'

/** A gateway over a database of its own, spoken to without a socket; its clock is set by hand. */
export interface TestGateway {
  readonly app: FastifyInstance
  readonly pool: pg.Pool
  readonly database: Database
  readonly sealer: Sealer
  readonly fanOut: FanOut
  readonly first: BootstrapCredentials
  readonly clock: { now(): number; set(ms: number): void; advance(ms: number): void }
  /** Log records of level `error`. */
  readonly failures: object[]
  /** A request to `/graphql`; `token` null sends none, left out the first API token. */
  ask(query: string, variables?: object, token?: string | null): Promise<Answer>
  inject(options: InjectOptions): Promise<Response>
}

/** An answer of GraphQL, read loosely: tests look into it. */
export interface Answer {
  readonly status: number
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into answers of any shape.
  readonly data: any
  readonly errors: readonly { readonly message: string; readonly extensions: { readonly code: string } }[]
}

export const RANDOM = { bytes: (length: number) => randomBytes(length) }

const noEvents = () => Promise.reject(new Error('This file has no browser events.'))

const noTraces = () => Promise.reject(new Error('This file has no traces.'))
const NO_TRACES: TraceReader = {
  extent: noTraces,
  skeleton: noTraces,
  spans: noTraces,
  search: noTraces,
  facts: noTraces,
  serviceMap: noTraces,
}

/** A gateway for all tests of a file; what it holds is there from `beforeAll` on. */
export function useGateway(overrides: (pool: pg.Pool) => Partial<GatewayDeps> = () => ({})): TestGateway {
  const stores = useStores()
  const failures: object[] = []
  const masterKey = randomBytes(32)
  let now = Date.parse('2026-03-01T12:00:00Z')
  const clock = {
    now: () => now,
    set: (ms: number) => {
      now = ms
    },
    advance: (ms: number) => {
      now += ms
    },
  }
  const log: Log = {
    debug: () => {},
    info: () => {},
    warn: () => {},
    error: (fields, message) => void failures.push({ ...fields, message }),
    child: () => log,
  }
  let opened: { gateway: Gateway; database: Database; first: BootstrapCredentials } | null = null
  const sealer = createSealer(masterKey)
  const fanOut = createMemoryFanOut({ log })

  beforeAll(async () => {
    const database = createPrisma(stores.pool)
    const first = await bootstrap({
      database,
      sealer,
      clock,
      random: RANDOM,
      ownerEmail: 'owner@example.com',
      keep: () => {},
      secrets: { hashPassword, apiTokenText, ingestKeyText },
    })
    if (first === null) throw new Error('The database of this file was not empty.')
    const gateway = await createGateway({
      listen: { host: '127.0.0.1', port: 0 },
      masterKey,
      introspection: 'signed in',
      stores: createControlPlane({ database, pool: stores.pool, sealer }),
      logs: {
        forOrg: () => ({
          search: () => Promise.reject(new Error('This file has no logs.')),
          find: () => Promise.reject(new Error('This file has no logs.')),
        }),
      },
      logTail: {
        forOrg: () => ({
          page: () => Promise.reject(new Error('This file has no logs.')),
          count: () => Promise.reject(new Error('This file has no logs.')),
        }),
      },
      flushes: {
        snapshot: async () => NO_FLUSHES,
        dirtySlices: async () => ({ slices: [], ranges: [] }),
      },
      logSeries: {
        forOrg: () => ({
          histogram: () => Promise.reject(new Error('This file has no logs.')),
          series: () => Promise.reject(new Error('This file has no logs.')),
        }),
      },
      rum: {
        forOrg: () => ({
          vitals: noEvents,
          vitalSeries: noEvents,
          sessions: noEvents,
          session: noEvents,
          sessionEvents: noEvents,
          errors: noEvents,
        }),
      },
      traces: { forOrg: () => NO_TRACES },
      metrics: { forOrg: (orgId) => createMetricReader(stores.pool, orgId) },
      series: { forOrg: (orgId) => createSeriesCatalog(stores.pool, orgId) },
      evaluation: createEvaluationPool({ workers: 0, file: '', log }),
      limiter: createMemoryLimiter({ clock }),
      fanOut,
      clock,
      random: RANDOM,
      log,
      testChannel: async () => ({ delivered: true, detail: 'Tested.' }),
      standards: { requestsPerMinute: 10_000, bytesPerDay: null, monitors: 1_000, retention: DEFAULT_RETENTION },
      scrubberOf: (orgId, policy) => createScrubber(orgId, masterKey, policy),
      ready: {},
      ...overrides(stores.pool),
    })
    opened = { gateway, database, first }
  })
  afterAll(async () => {
    await opened?.gateway.close()
    await opened?.database.$disconnect()
  })
  const made = () => {
    if (opened === null) throw new Error('useGateway() has its gateway from beforeAll on.')
    return opened
  }
  return {
    get app() {
      return made().gateway.app
    },
    get pool() {
      return stores.pool
    },
    get database() {
      return made().database
    },
    get first() {
      return made().first
    },
    sealer,
    fanOut,
    clock,
    failures,
    inject: (options) => made().gateway.app.inject(options),
    async ask(query, variables = {}, token = made().first.apiToken) {
      const answer = await made().gateway.app.inject({
        method: 'POST',
        url: '/graphql',
        headers: token === null ? {} : { authorization: `Bearer ${token}` },
        payload: { query, variables },
      })
      const body = answer.json()
      return { status: answer.statusCode, data: body.data, errors: body.errors ?? [] }
    },
  }
}

/** A second org with an owner of its own and an API token of all permissions. */
export async function addOrg(gateway: TestGateway, slug: string): Promise<{ orgId: string; apiToken: string }> {
  const { database, clock } = gateway
  const at = new Date(clock.now())
  const [orgId, userId] = [`org_${slug}`, `usr_${slug}`]
  const apiToken = apiTokenText((length) => randomBytes(length))
  const { scopes } = await database.apiToken.findFirstOrThrow()
  await database.org.create({ data: { id: orgId, slug, name: slug, createdAt: at } })
  await database.user.create({
    data: {
      id: userId,
      email: `${slug}@example.com`,
      name: slug,
      passwordHash: await hashPassword(slug),
      createdAt: at,
    },
  })
  await database.membership.create({ data: { id: `mem_${slug}`, orgId, userId, role: 'OWNER', joinedAt: at } })
  const hash = Uint8Array.from(createHash('sha256').update(apiToken).digest())
  await database.apiToken.create({
    data: { id: `tok_${slug}`, orgId, userId, name: slug, hash, scopes, createdAt: at },
  })
  return { orgId, apiToken }
}

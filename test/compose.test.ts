import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { ROLES } from '../composition/roles.js'
import { readConfig, settings } from '../config.js'
import { packageRoot } from '../package-root.js'

/*
 * No container engine runs here, so docker-compose.yml is held against what it speaks of: the settings of config.ts, the
 * roles, the ports and the paths that are really served.
 */

interface Service {
  readonly image?: string
  readonly command?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  readonly ports?: readonly string[]
  readonly volumes?: readonly string[]
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>
  readonly healthcheck?: { readonly test: readonly string[] }
  readonly restart?: string
  readonly deploy?: { readonly resources?: { readonly limits?: { readonly cpus?: string; readonly memory?: string } } }
}

const read = (path: string) => readFileSync(join(packageRoot(), path), 'utf8')
const text = read('docker-compose.yml')
const compose = parse(text, { merge: true }) as {
  readonly services: Readonly<Record<string, Service>>
  readonly volumes: Readonly<Record<string, unknown>>
}
const services = Object.entries(compose.services)
const ours = services.filter(([, { image }]) => image?.startsWith('tocsin:'))
const others = services.filter(([, { image }]) => !image?.startsWith('tocsin:'))

/** Variables of the other images, each with where it is described. */
const OF_IMAGES: Readonly<Record<string, readonly string[]>> = {
  // hub.docker.com/_/postgres and docs.timescale.com, "Telemetry"
  timescaledb: ['POSTGRES_USER', 'POSTGRES_DB', 'POSTGRES_PASSWORD', 'TIMESCALEDB_TELEMETRY'],
  // hub.docker.com/r/clickhouse/clickhouse-server
  clickhouse: ['CLICKHOUSE_USER', 'CLICKHOUSE_DB', 'CLICKHOUSE_PASSWORD', 'CLICKHOUSE_DEFAULT_ACCESS_MANAGEMENT'],
  // mailpit.axllent.org/docs/configuration/runtime-options
  mailpit: ['MP_MAX_MESSAGES'],
}

/** Ports that the other images listen on. */
const PORTS_OF_IMAGES: Readonly<Record<string, readonly number[]>> = {
  timescaledb: [5432],
  clickhouse: [8123],
  redis: [6379],
  mailpit: [1025, 8025],
}

const REFERENCE = /\$\{(\w+)(?::([-?])([^}]*))?\}/g

/** Values as `docker compose` fills them in where the environment has only what it must have. */
function filled(value: string, given: Readonly<Record<string, string>>): string {
  return value.replaceAll(REFERENCE, (_, name: string, kind: string | undefined, rest: string) => {
    const known = given[name]
    if (known !== undefined) return known
    if (kind === '-') return rest
    throw new Error(`${name} has to be set.`)
  })
}

const GIVEN = { TOCSIN_MASTER_KEY: 'ab'.repeat(32), POSTGRES_PASSWORD: 'aa11', CLICKHOUSE_PASSWORD: 'bb22' }

describe('docker-compose.yml', () => {
  it('runs every role, each as a service of its name, of one image', () => {
    expect(ours.map(([name]) => name).sort()).toEqual([...ROLES].sort())
    for (const [name, { command }] of ours) expect(command).toEqual(['--role', name])
    expect(new Set(ours.map(([, { image }]) => image)).size).toBe(1)
    const { version } = JSON.parse(read('package.json')) as { version: string }
    expect(ours[0]?.[1].image).toBe(`tocsin:${version}`)
  })

  it('sets no variable that the program or an image does not know', () => {
    for (const [, { environment = {} }] of ours)
      for (const name of Object.keys(environment)) expect([...Object.keys(settings), 'REDIS_URL']).toContain(name)
    for (const [service, { environment = {} }] of others)
      for (const name of Object.keys(environment)) expect(OF_IMAGES[service]).toContain(name)
  })

  it('sets values that the program takes, once the secrets are given', () => {
    for (const [, { environment = {} }] of ours) {
      const values = Object.entries(environment).map(([name, value]) => [name, filled(value, GIVEN)] as const)
      const config = readConfig(Object.fromEntries(values))
      expect(config).toMatchObject({
        TOCSIN_MASTER_KEY: GIVEN.TOCSIN_MASTER_KEY,
        TOCSIN_SMTP_URL: 'smtp://mailpit:1025',
      })
      for (const [name, value] of values) {
        if (!name.endsWith('_URL') || name === 'TOCSIN_PUBLIC_URL') continue
        const { hostname, port } = new URL(value)
        expect(PORTS_OF_IMAGES[hostname], `${name} names a service`).toContain(Number(port))
      }
    }
  })

  it('gives no secret a value of its own', () => {
    const secrets = services.flatMap(([, { environment = {} }]) =>
      Object.entries(environment).filter(([name]) => /KEY|PASSWORD|SECRET|TOKEN/.test(name)),
    )
    expect(secrets.length).toBeGreaterThanOrEqual(6)
    for (const [name, value] of secrets) expect(value).toMatch(new RegExp(`^\\$\\{${name}:\\?[^}]+\\}$`))
    // Nor inside an address: between its colon and its at sign stands a variable that has to be set.
    const passwords = [...text.matchAll(/:\/\/\w+:(\$\{[^}]*\}|[^@\s]+)@/g)].map(([, password]) => password)
    expect(passwords).toHaveLength(2)
    for (const password of passwords) expect(password).toMatch(/^\$\{\w+:\?[^}]+\}$/)
  })

  it('asks the environment for what env.example lists, and for nothing else', () => {
    const asked = new Set([...text.matchAll(REFERENCE)].map(([, name]) => name))
    const listed = [...read('deploy/env.example').matchAll(/^(\w+)=(.*)$/gm)]
    expect(new Set(listed.map(([, name]) => name))).toEqual(asked)
    for (const [, name = '', value] of listed) if (/KEY|PASSWORD|SECRET/.test(name)) expect(value).toBe('')
  })

  it('opens the ports that are served, to this machine alone', () => {
    const { TOCSIN_GATEWAY_PORT, TOCSIN_INGEST_PORT } = readConfig({})
    const served: Readonly<Record<string, readonly number[]>> = {
      ...PORTS_OF_IMAGES,
      gateway: [TOCSIN_GATEWAY_PORT],
      ingest: [TOCSIN_INGEST_PORT],
    }
    const opened = services.flatMap(([name, { ports = [] }]) => ports.map((port) => [name, port] as const))
    expect(opened.map(([name]) => name).sort()).toEqual(['gateway', 'ingest', 'mailpit'])
    for (const [name, port] of opened) {
      const [, inside] = /^127\.0\.0\.1:\d+:(\d+)$/.exec(port) ?? []
      expect(served[name]).toContain(Number(inside))
    }
  })

  it('checks, bounds and restarts every service, and waits for the healthy', () => {
    for (const [name, service] of services) {
      expect(service.healthcheck?.test[0], name).toBe('CMD')
      expect(service.deploy?.resources?.limits, name).toEqual({ cpus: expect.any(String), memory: expect.any(String) })
      expect(service.restart, name).toBe('unless-stopped')
      expect(service.image, name).toMatch(/:[\w.-]*\d/)
    }
    for (const [name, { healthcheck, depends_on = {} }] of ours) {
      expect(healthcheck?.test).toEqual(['CMD', 'node', 'deploy/healthcheck.mjs', name])
      expect(Object.keys(depends_on).sort()).toEqual(['clickhouse', 'redis', 'timescaledb'])
      for (const { condition } of Object.values(depends_on)) expect(condition).toBe('service_healthy')
    }
  })

  it('keeps what has to outlive a container in declared volumes', () => {
    const used = services.flatMap(([, { volumes = [] }]) => volumes.map((volume) => volume.split(':')[0] ?? ''))
    expect(new Set(used)).toEqual(new Set(Object.keys(compose.volumes)))
    for (const name of ['timescaledb', 'clickhouse', 'redis']) expect(compose.services[name]?.volumes).toHaveLength(1)
  })

  it('runs a Redis that loses and evicts nothing', () => {
    const command = compose.services.redis?.command?.join(' ')
    expect(command).toContain('--appendonly yes --appendfsync always')
    expect(command).toContain('--maxmemory-policy noeviction')
  })
})

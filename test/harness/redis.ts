import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, inject } from 'vitest'
import { masters, openRedis } from '../../queue/redis/connections.js'
import { quietLog } from '../conformance/quiet-log.js'

/** A Redis server of our own. */
export interface TestRedis {
  readonly url: string
  readonly port: number
  readonly process: ChildProcess
  /** SIGKILL, as a crash ends it. */
  kill(): Promise<void>
}

const installed = spawnSync('redis-server', ['--version']).status === 0
const given = process.env.REDIS_URL ?? ''

/** Whether tests can have a Redis, and whether they can have a cluster: that takes servers of their own. */
export const redisLegs = { single: installed || given !== '', own: installed }

if (!redisLegs.single)
  console.warn('Tests on Redis are skipped: redis-server is not on the PATH and REDIS_URL is not set.')

/** Starts a server on a port of its own; its files are in `folder`. */
export async function startRedis(
  folder: string,
  settings: Readonly<Record<string, string>> = {},
  port?: number,
): Promise<TestRedis> {
  const taken = port ?? (await freePort())
  const options = { port: String(taken), bind: '127.0.0.1', dir: folder, save: '', appendonly: 'no', ...settings }
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value])
  const child = spawn('redis-server', args, { stdio: 'ignore' })
  const gone = once(child, 'exit').then(() => undefined)
  const server: TestRedis = {
    url: `redis://127.0.0.1:${taken}`,
    port: taken,
    process: child,
    async kill() {
      child.kill('SIGKILL')
      await gone
    },
  }
  for (let tries = 0; tries < 500; tries++) {
    if (child.exitCode !== null) throw new Error(`redis-server ended with ${child.exitCode} at its start.`)
    const client = new Redis({ port: taken, host: '127.0.0.1', lazyConnect: true, retryStrategy: () => null })
    client.on('error', () => undefined)
    const ready = await client.ping().then(
      () => true,
      () => false,
    )
    client.disconnect()
    if (ready) return server
    await delay(20)
  }
  await server.kill()
  throw new Error('redis-server did not answer within 10 s.')
}

/** The URL of one server for the tests of a file: REDIS_URL's where it is set, else one of their own. */
export function useRedis(): { readonly url: string } {
  return useServers(async (folder) => {
    if (given !== '') return { url: given, servers: [] }
    const server = await startRedis(folder)
    return { url: server.url, servers: [server] }
  })
}

/** The URLs of three masters that form a cluster, for the tests of a file. */
export function useRedisCluster(): { readonly url: string } {
  return useServers(async (folder) => {
    const servers = await Promise.all(
      [0, 1, 2].map(async (n) =>
        startRedis(folder, {
          'cluster-enabled': 'yes',
          'cluster-port': String(await freePort()),
          'cluster-config-file': `nodes-${n}.conf`,
          'cluster-node-timeout': '5000',
        }),
      ),
    )
    await formCluster(servers)
    return { url: servers.map(({ url }) => url).join(','), servers }
  })
}

function useServers(start: (folder: string) => Promise<{ url: string; servers: readonly TestRedis[] }>) {
  let folder = ''
  let started: { url: string; servers: readonly TestRedis[] } = { url: '', servers: [] }
  beforeAll(async () => {
    folder = mkdtempSync(join(inject('scratchPath'), 'redis-'))
    started = await start(folder)
  })
  afterAll(async () => {
    await Promise.all(started.servers.map((server) => server.kill()))
    rmSync(folder, { recursive: true, force: true })
  })
  return {
    get url() {
      return started.url
    },
  }
}

const SLOTS = 16_384

async function formCluster(servers: readonly TestRedis[]): Promise<void> {
  const clients = servers.map(({ port }) => new Redis({ port, host: '127.0.0.1' }))
  try {
    const [first, ...others] = clients
    if (first === undefined) return
    await Promise.all(
      clients.map(async (client, n) => {
        const from = Math.floor((SLOTS * n) / clients.length)
        const until = Math.floor((SLOTS * (n + 1)) / clients.length) - 1
        await client.call('CLUSTER', 'SET-CONFIG-EPOCH', n + 1)
        await client.call('CLUSTER', 'ADDSLOTSRANGE', from, until)
      }),
    )
    for (const client of others) {
      const port = client.options.port ?? 0
      const [, busPort = ''] = (await client.config('GET', 'cluster-port')) as string[]
      await first.call('CLUSTER', 'MEET', '127.0.0.1', port, busPort)
    }
    const formed = async (client: Redis) => {
      const info = String(await client.call('CLUSTER', 'INFO'))
      return info.includes('cluster_state:ok') && info.includes('cluster_known_nodes:3')
    }
    for (let tries = 0; tries < 500; tries++) {
      if ((await Promise.all(clients.map(formed))).every(Boolean)) return
      await delay(20)
    }
    throw new Error('The three servers did not form a cluster within 10 s.')
  } finally {
    for (const client of clients) client.disconnect()
  }
}

/** A port that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.on('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}

/** What a test's keys begin with: a server that is not ours alone keeps what else it holds. */
export function freshPrefix(): string {
  return `test-${randomBytes(6).toString('hex')}:`
}

/** Deletes every key that begins with a prefix. */
export async function forgetKeys(url: string, prefix: string): Promise<void> {
  const client = openRedis({ url, log: quietLog() }, { name: 'forget', commandTimeoutMs: 5000 })
  try {
    await client.call('GET', 'connected')
    for (const node of masters(client))
      for await (const keys of node.scanStream({ match: `*${prefix}*`, count: 1000 }))
        for (const key of keys as string[]) await client.call('DEL', key)
  } finally {
    client.disconnect()
  }
}

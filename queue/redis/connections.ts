import { rootCertificates } from 'node:tls'
import { Cluster, Redis } from 'ioredis'
import type { Log } from '../../schema/ports/clock.js'

/** A client of one server or of a cluster. `call` sends any command; a cluster finds the node by its first key. */
export type RedisClient = Redis | Cluster

export interface RedisTarget {
  /** `redis://` or `rediss://`; a comma-separated list of them names nodes of a Redis Cluster. */
  readonly url: string
  readonly log: Log
  /** Certificates of authorities (PEM) that are trusted beside the usual ones, for `rediss://`. */
  readonly ca?: string | undefined
}

export interface ClientOptions {
  /** Shown by the server to those who look at its connections. */
  readonly name: string
  /** A command that is not answered by then fails, ms. Null waits for ever, also while no server is reached. */
  readonly commandTimeoutMs: number | null
}

/** Nodes of a URL or of a list of them. */
export function redisNodes(url: string): readonly URL[] {
  return url
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => new URL(part))
}

/** Whether a setting names a Redis Cluster: it lists nodes. One node of a cluster is named with a comma behind it. */
export function namesCluster(url: string): boolean {
  return url.includes(',')
}

/** Whether a setting asks for TLS. */
export function speaksTls(url: string): boolean {
  return redisNodes(url)[0]?.protocol === 'rediss:'
}

function tlsOptions(secure: boolean, ca: string | undefined) {
  if (!secure) return {}
  return { tls: ca === undefined ? {} : { ca: [...rootCertificates, ca] } }
}

/** Least to most time between two tries to connect, ms. */
const retryStrategy = (times: number) => Math.min(50 * 2 ** Math.min(times, 6), 2000)

/** Opens a client that makes its connection again whenever it is lost. What it could not do fails with its command. */
export function openRedis({ url, log, ca }: RedisTarget, options: ClientOptions): RedisClient {
  const client = namesCluster(url)
    ? openCluster(redisNodes(url), options, ca)
    : new Redis(url.trim(), { ...clientOptions(options), ...tlsOptions(speaksTls(url), ca), retryStrategy })
  // Every failing command says so itself as well.
  client.on('error', (error) => log.warn({ err: error, client: options.name }, 'Redis is not reached.'))
  return client
}

function clientOptions({ name, commandTimeoutMs }: ClientOptions) {
  return {
    connectionName: `tocsin:${name}`,
    connectTimeout: 5000,
    keepAlive: 10_000,
    // A command whose connection was lost is sent once more; scripts are made to bear that.
    maxRetriesPerRequest: commandTimeoutMs === null ? null : 1,
    ...(commandTimeoutMs === null ? {} : { commandTimeout: commandTimeoutMs }),
  }
}

/** The driver bounds what a node answers, and not the wait for a node: while no node is reached it would wait for ever. */
class BoundedCluster extends Cluster {
  /** ms; null for none. */
  commandTimeoutMs: number | null = null

  override sendCommand(...[command, ...rest]: Parameters<Cluster['sendCommand']>): unknown {
    if (this.commandTimeoutMs !== null) command.setTimeout(this.commandTimeoutMs)
    return super.sendCommand(command, ...rest)
  }
}

function openCluster(nodes: readonly URL[], options: ClientOptions, ca: string | undefined): Cluster {
  const [first] = nodes
  const secure = first?.protocol === 'rediss:'
  const cluster = new BoundedCluster(
    nodes.map((node) => ({ host: node.hostname, port: Number(node.port || 6379) })),
    {
      redisOptions: {
        ...clientOptions(options),
        ...(first?.username ? { username: decodeURIComponent(first.username) } : {}),
        ...(first?.password ? { password: decodeURIComponent(first.password) } : {}),
        ...tlsOptions(secure, ca),
      },
      // Certificates carry names, so names are what is connected to.
      ...(secure ? { dnsLookup: (address, done) => done(null, address) } : {}),
      clusterRetryStrategy: retryStrategy,
      // Eight times 100 ms at most, while a master is being replaced.
      maxRedirections: 8,
      retryDelayOnFailover: 100,
      retryDelayOnClusterDown: 100,
    },
  )
  cluster.commandTimeoutMs = options.commandTimeoutMs
  return cluster
}

/** Ends a client at once: what is under way fails. */
export function endClient(client: RedisClient): void {
  client.disconnect()
}

/** One client a master node; the one client where there is no cluster. */
export function masters(client: RedisClient): readonly Redis[] {
  return client instanceof Cluster ? client.nodes('master') : [client]
}

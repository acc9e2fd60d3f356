import { StartError } from '../../schema/domain/errors.js'
import type { Log } from '../../schema/ports/clock.js'
import { masters, namesCluster, openRedis, type RedisClient, redisNodes, speaksTls } from './connections.js'
import { whyUnreached } from './why-unreached.js'

/** `INFO` as names and values. */
function factsOf(info: string): ReadonlyMap<string, string> {
  return new Map(
    info.split(/\r?\n/).flatMap((line) => {
      const at = line.indexOf(':')
      return at > 0 ? [[line.slice(0, at), line.slice(at + 1)] as const] : []
    }),
  )
}

/** The fullest server's share of its `maxmemory`; null where none has a bound. */
export async function memoryRatio(client: RedisClient): Promise<number | null> {
  const ratios = await Promise.all(
    masters(client).map(async (node) => {
      const facts = factsOf(await node.info('memory'))
      const most = Number(facts.get('maxmemory') ?? 0)
      if (most === 0) return []
      const used = Number(facts.get('used_memory') ?? 0) - Number(facts.get('mem_not_counted_for_evict') ?? 0)
      return [used / most]
    }),
  )
  const bounded = ratios.flat()
  return bounded.length === 0 ? null : Math.max(...bounded)
}

/**
 * Looks whether the servers can keep what is accepted. Says so in the log where they keep it in memory alone.
 *
 * @throws StartError when they do not answer, are older than Redis 7, would evict keys, or form a cluster that the URL
 * does not name as one.
 */
export async function checkRedis(url: string, log: Log, ca?: string): Promise<void> {
  let last: unknown = null
  const hear = (fields: object) => {
    if ('err' in fields) last = fields.err
  }
  const listen = { ...log, warn: (fields: object) => hear(fields) }
  const client = openRedis({ url, log: listen, ca }, { name: 'check', commandTimeoutMs: 5000 })
  try {
    await client.call('GET', '{intake:0}')
    // The driver stays in database 0 where the one that is asked for is not there, and says nothing.
    if (!namesCluster(url)) await client.call('SELECT', databaseOf(url))
    for (const node of masters(client)) checkFacts(factsOf(await node.info()), url, log)
  } catch (error) {
    if (error instanceof StartError) throw error
    const message = error instanceof Error ? error.message : String(error)
    if (/^ERR DB index/.test(message))
      throw new StartError(
        'SETTING_INVALID',
        `REDIS_URL names database ${databaseOf(url)}, which its server does not have.`,
      )
    const driversOwn = /^(MaxRetries|Reached the max|Command timed out|Failed to refresh|Connection is closed)/.test(
      message,
    )
    const heard = { error: driversOwn ? last : error, timedOut: message.startsWith('Command timed out') }
    throw new StartError(
      'STORE_UNREACHABLE',
      `The server that REDIS_URL names does not answer as expected: ${whyUnreached(heard, speaksTls(url))}.`,
    )
  } finally {
    client.disconnect()
  }
}

function databaseOf(url: string): number {
  return Number(redisNodes(url)[0]?.pathname.slice(1) || 0)
}

function checkFacts(facts: ReadonlyMap<string, string>, url: string, log: Log): void {
  const version = facts.get('redis_version') ?? '0'
  if (Number.parseInt(version, 10) < 7)
    throw new StartError('STORE_UNREACHABLE', `REDIS_URL names a Redis ${version}; expected 7.0 or newer.`)
  const policy = facts.get('maxmemory_policy') ?? 'noeviction'
  if (policy !== 'noeviction')
    throw new StartError(
      'STORE_UNREACHABLE',
      `REDIS_URL names a Redis that evicts keys when it is full (maxmemory-policy ${policy}), accepted batches among them; expected noeviction.`,
    )
  if (facts.get('cluster_enabled') === '1' && !namesCluster(url))
    throw new StartError(
      'SETTING_INVALID',
      'REDIS_URL names one node of a Redis Cluster; expected a comma-separated list of nodes.',
    )
  if (facts.get('aof_enabled') === '0')
    log.warn(
      {},
      'Redis keeps accepted batches in memory alone; set appendonly yes, and appendfsync as durable as need be.',
    )
}

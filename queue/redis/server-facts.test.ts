import { describe, expect, it, onTestFinished } from 'vitest'
import { quietLog } from '../../test/conformance/quiet-log.js'
import { redisLegs, startRedis, useRedisCluster } from '../../test/harness/redis.js'
import { scratchFolder } from '../../test/harness/scratch-folder.js'
import { checkRedis } from './server-facts.js'

it('names the setting, and no password, when nobody answers', async () => {
  const failing = checkRedis('redis://:hunter2@127.0.0.1:1', quietLog())
  await expect(failing).rejects.toThrow(/^The server that REDIS_URL names does not answer as expected: .*ECONNREFUSED/)
  await expect(failing).rejects.not.toThrow('hunter2')
  await expect(checkRedis('redis://127.0.0.1:1,', quietLog())).rejects.toThrow('REDIS_URL')
})

describe.skipIf(!redisLegs.own)('a server that answers', () => {
  async function start(settings: Readonly<Record<string, string>>) {
    const server = await startRedis(scratchFolder(), settings)
    onTestFinished(() => server.kill())
    return server.url
  }

  it('is refused when it would evict batches', async () => {
    const url = await start({ 'maxmemory-policy': 'allkeys-lru' })
    await expect(checkRedis(url, quietLog())).rejects.toThrow('maxmemory-policy allkeys-lru')
  })

  it('is taken in memory alone with a warning, and without one when it writes', async () => {
    const [memory, durable] = [quietLog(), quietLog()]
    await checkRedis(await start({}), memory)
    await checkRedis(await start({ appendonly: 'yes' }), durable)
    expect(memory.heard).toHaveLength(1)
    expect(durable.heard).toEqual([])
  })
})

describe.skipIf(!redisLegs.own)('a cluster', () => {
  const cluster = useRedisCluster()

  it('is taken by a list, also of one node, and refused by one URL', async () => {
    const [one = ''] = cluster.url.split(',')
    await checkRedis(cluster.url, quietLog())
    await checkRedis(`${one},`, quietLog())
    // A node answers only for the slots it has, or says where they are.
    await expect(checkRedis(one, quietLog())).rejects.toThrow(/one node of a Redis Cluster|MOVED/)
  })
})

import { randomBytes, randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { packBody } from '../../schema/ports/packed-body.js'
import { quietLog } from '../../test/conformance/quiet-log.js'
import { canMakeCertificates, makeCertificates } from '../../test/harness/certificates.js'
import { freePort, freshPrefix, redisLegs, startRedis, type TestRedis } from '../../test/harness/redis.js'
import { createRedisFanOut } from './fan-out.js'
import { createRedisIntake } from './intake.js'
import { checkRedis } from './server-facts.js'

const PASSWORD = 'p@ss/w:ord %41'
const USER = `tocsin:${encodeURIComponent(PASSWORD)}`

describe.runIf(canMakeCertificates && redisLegs.own)('Redis over TLS', () => {
  let folder = ''
  let server: TestRedis
  let tlsPort = 0
  let ca = ''

  beforeAll(async () => {
    folder = mkdtempSync(join(inject('scratchPath'), 'redis-tls-'))
    const certificates = makeCertificates(folder)
    ca = certificates.ca
    tlsPort = await freePort()
    server = await startRedis(folder, {
      'tls-port': String(tlsPort),
      'tls-cert-file': certificates.certificatePath,
      'tls-key-file': certificates.keyPath,
      'tls-ca-cert-file': certificates.caPath,
      'tls-auth-clients': 'no',
    })
    const plain = new Redis({ port: server.port, host: '127.0.0.1' })
    await plain.call('ACL', 'SETUSER', 'tocsin', 'on', `>${PASSWORD}`, '~*', '&*', '+@all')
    await plain.call('ACL', 'SETUSER', 'default', 'off')
    plain.disconnect()
  })
  afterAll(async () => {
    await server.kill()
    rmSync(folder, { recursive: true, force: true })
  })

  it('keeps the queue and carries messages, as a user with a password, in a database by its number', async () => {
    const url = `rediss://${USER}@localhost:${tlsPort}/3`
    await checkRedis(url, quietLog(), ca)
    const prefix = freshPrefix()
    const log = quietLog()
    const fanOut = createRedisFanOut({ url, ca, log, prefix })
    const intake = createRedisIntake({
      ...{ url, ca, log, prefix, seal: (bytes: Uint8Array) => bytes },
      deadLetters: { keep: () => Promise.reject(new Error('nothing is dead')), close: async () => undefined },
    })
    try {
      const heard = new Promise<string>((resolve) => void fanOut.subscribe('monitor', resolve))
      const batchId = randomUUID()
      await intake.enqueue({
        ...{ batchId, orgId: 'org_1', keyId: 'key_1', signal: 'logs', protocol: 'native-json', items: 1 },
        body: packBody(Buffer.from('{}')),
        idempotency: { scope: randomBytes(32), bodyHash: randomBytes(32), ttlMs: 60_000 },
      })
      const claimed = await intake.claim('me', 'logs', { maxBatches: 1, maxBytes: 100, claimMs: 10_000 })
      expect(claimed.map((batch) => batch.batchId)).toEqual([batchId])
      const look = new Redis(url, { tls: { ca } })
      expect(await look.keys(`${prefix}*`)).not.toEqual([])
      await look.select(0)
      expect(await look.keys('*')).toEqual([])
      look.disconnect()
      await intake.acknowledge([batchId])
      await fanOut.publish('monitor', 'org_1')
      expect(await heard).toBe('org_1')
    } finally {
      await intake.close()
      await fanOut.close()
    }
  })

  it.each<[string, () => string, string, boolean]>([
    ['no authority of its own', () => `rediss://${USER}@localhost:${tlsPort}`, 'signed by no authority', false],
    [
      'a wrong password',
      () => `rediss://tocsin:${encodeURIComponent('other@')}@localhost:${tlsPort}`,
      'does not take the user',
      true,
    ],
    ['no password', () => `rediss://localhost:${tlsPort}`, 'asks for a user or password', true],
    ['TLS for a port without', () => `rediss://${USER}@localhost:${server.port}`, 'may speak no TLS', true],
    ['no TLS for a port with it', () => `redis://${USER}@localhost:${tlsPort}`, 'may expect TLS', true],
    ['a database that is not there', () => `rediss://${USER}@localhost:${tlsPort}/99`, 'names database 99', true],
  ])('says in one sentence what is wrong, and no password: %s', async (_what, url, words, trusting) => {
    const message = await checkRedis(url(), quietLog(), trusting ? ca : undefined).then(
      () => 'nothing is wrong',
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    )
    expect(message).toContain(words)
    expect(message).toMatch(/^[^\n]*\.$/)
    for (const secret of [PASSWORD, encodeURIComponent(PASSWORD), 'other@']) expect(message).not.toContain(secret)
  })
})

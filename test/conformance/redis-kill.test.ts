import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createRedisIntake } from '../../queue/redis/intake.js'
import { useProgram } from '../harness/program.js'
import { redisLegs, startRedis } from '../harness/redis.js'
import { numberedBatch, numberOf } from './intake-numbered.js'
import { AMPLE, batch, eventually, idsOf } from './intake-subject.js'
import { quietLog } from './quiet-log.js'

const DURABLE = { appendonly: 'yes', appendfsync: 'always' }

const noLetters = { keep: async () => undefined, close: async () => undefined }

function openIntake(url: string) {
  const intake = createRedisIntake({ url, seal: (bytes) => bytes, deadLetters: noLetters, log: quietLog() })
  onTestFinished(() => intake.close())
  return intake
}

function ownFolder(): string {
  // On a disk, where syncing means something.
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-redis-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

describe.skipIf(!redisLegs.own)('Redis, when something is killed', () => {
  const enqueueForEver = useProgram('enqueue-for-ever')

  it('keeps every batch that a killed process had accepted, and doubles none that is sent again', async () => {
    const server = await startRedis(ownFolder())
    onTestFinished(() => server.kill())
    const child = enqueueForEver([server.url])
    await eventually(async () => child.lines.length > 60)
    child.process.kill('SIGKILL')
    await child.ended
    expect(child.lines.filter(({ outcome }) => outcome !== 'accepted')).toEqual([])
    const intake = openIntake(server.url)
    const kept = await intake.claim('before', 'logs', { ...AMPLE, claimMs: 1 })
    const ids = new Set(idsOf(kept))
    expect(child.lines.filter(({ batchId }) => !ids.has(String(batchId)))).toEqual([])
    const keptNumbers = new Set(kept.map(numberOf))
    const last = Math.max(...child.lines.map(({ accepted }) => Number(accepted)))
    for (let number = 0; number < last + 20; number++) {
      const { outcome } = await intake.enqueue(numberedBatch(number))
      expect([number, outcome]).toEqual([number, keptNumbers.has(number) ? 'replayed' : 'accepted'])
    }
    expect(await intake.depth()).toMatchObject({ batches: last + 20 })
  })

  it('keeps every accepted batch, its claim and its scope over the kill of a server that syncs always', async () => {
    const folder = ownFolder()
    const first = await startRedis(folder, DURABLE)
    const intake = openIntake(first.url)
    const held = batch()
    await intake.enqueue(held)
    await intake.claim('holder', 'logs', AMPLE)
    const accepted: number[] = []
    let sending = true
    const send = async (from: number) => {
      for (let number = from; sending; number += 4) {
        const { outcome } = await intake.enqueue(numberedBatch(number))
        if (outcome === 'accepted') accepted.push(number)
      }
    }
    const senders = Promise.allSettled([0, 1, 2, 3].map(send))
    await eventually(async () => accepted.length > 60)
    await first.kill()
    sending = false
    const second = await startRedis(folder, DURABLE, first.port)
    onTestFinished(() => second.kill())
    await senders
    const again = openIntake(second.url)
    const kept = await again.claim('after', 'logs', AMPLE)
    const numbers = new Set(kept.map(numberOf))
    expect(accepted.filter((number) => !numbers.has(number))).toEqual([])
    expect(numbers.size).toBe(kept.length)
    expect(idsOf(kept)).not.toContain(held.batchId)
    expect(await again.extend('holder', [held.batchId], 60_000)).toEqual([held.batchId])
    for (const number of accepted)
      expect(await again.enqueue(numberedBatch(number))).toMatchObject({ outcome: 'replayed' })
  })

  it('refuses enqueues whole when the memory is full, and drains all the same', async () => {
    const server = await startRedis(ownFolder())
    onTestFinished(() => server.kill())
    const intake = openIntake(server.url)
    const admin = new Redis(server.url)
    onTestFinished(() => admin.disconnect())
    await intake.enqueue(batch())
    await intake.enqueue(batch({ orgId: 'other' }))
    await admin.config('SET', 'maxmemory', '100kb')
    const refused = batch()
    await expect(intake.enqueue(refused)).rejects.toThrow('OOM')
    expect((await intake.pressure()).memoryRatio).toBeGreaterThan(1)
    expect((await intake.watermarks()).oldest).toHaveLength(2)
    const claimed = await intake.claim('a', 'logs', AMPLE)
    expect(claimed).toHaveLength(2)
    expect(await intake.extend('a', idsOf(claimed), 60_000)).toHaveLength(2)
    await intake.acknowledge(idsOf(claimed))
    expect(await intake.depth()).toEqual({ batches: 0, bytes: 0 })
    await admin.config('SET', 'maxmemory', '0')
    expect(await intake.enqueue(refused)).toMatchObject({ outcome: 'accepted' })
  })
})

import { expect, onTestFinished, test, vi } from 'vitest'
import { createMemoryLimiter } from '../../queue/memory/limiter.js'
import type { RateLimiter } from '../../schema/ports/limits.js'
import { credential, keptLog, NOW, openTestEdge } from '../../test/ingest-edge.js'
import { createSureLimiter } from './sure-limiter.js'

const LIMIT = { name: 'requests', points: 2, windowMs: 60_000 }

function over(consume: RateLimiter['consume']) {
  const clock = { at: NOW, now: () => clock.at }
  const log = keptLog()
  return { clock, log, limiter: createSureLimiter({ limiter: { consume, close: async () => undefined }, clock, log }) }
}

test('a limiter that is away is left alone for a second, and each limit goes on by itself', async () => {
  const consume = vi.fn<RateLimiter['consume']>(() => Promise.reject(new Error('away')))
  const { clock, log, limiter } = over(consume)
  const taken = []
  for (let i = 0; i < 3; i++) taken.push((await limiter.consume(LIMIT, 'a', 1)).allowed)
  expect(taken).toEqual([true, true, false])
  expect((await limiter.consume({ ...LIMIT, name: 'bytes', points: 10 }, 'a', 10)).allowed).toBe(true)
  expect((await limiter.consume(LIMIT, 'b', 0)).remaining).toBe(2)
  expect(consume).toHaveBeenCalledTimes(1)
  expect(log.lines).toHaveLength(1)
  consume.mockResolvedValue({ allowed: true, remaining: 7, resetMs: 5 })
  clock.at += 1_000
  expect(await limiter.consume(LIMIT, 'a', 1)).toEqual({ allowed: true, remaining: 7, resetMs: 5 })
})

test('a limiter that hangs is not waited for', async () => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const { limiter } = over(() => new Promise(() => undefined))
  const answer = limiter.consume(LIMIT, 'a', 1)
  await vi.advanceTimersByTimeAsync(250)
  expect(await answer).toMatchObject({ allowed: true, remaining: 1 })
})

test('through HTTP: a day is not over, and its limit is, by items and by bytes', async () => {
  const clock = { at: NOW, now: () => clock.at }
  const edge = await openTestEdge({
    keys: [credential(), credential({ keyId: 'key_2', orgId: 'org_2', key: 'tk_two' })],
    limiter: createMemoryLimiter({ clock }),
    limits: { itemsPerOrgDay: 4, bytesPerOrgDay: 1_000 },
  })
  onTestFinished(() => edge.close())
  const batch = (items: number) => JSON.stringify({ logs: Array(items).fill({ message: 'x' }) })
  // A replay counts once, and what does not fit counts not at all.
  for (let i = 0; i < 2; i++)
    expect((await edge.post({ body: batch(1), idempotencyKey: 'k', timestamp: NOW + i })).status).toBe(202)
  expect((await edge.post({ body: batch(4) })).json.error?.code).toBe('ORG_VOLUME_EXCEEDED')
  expect((await edge.post({ body: batch(2) })).status).toBe(202)
  const last = await edge.post({ body: batch(1) })
  expect(last.status).toBe(202)
  expect(last.headers.ratelimit).toMatch(/^"requests";r=\d+;t=\d+, "items";r=1;t=\d+, "bytes";r=\d+;t=\d+$/)
  expect(last.headers['ratelimit-policy']).toBe(
    '"requests";q=10000;w=60, "items";q=4;w=86400;qu="items", "bytes";q=1000;w=86400;qu="content-bytes"',
  )
  const over = await edge.post({ body: batch(1), timestamp: NOW + 1 })
  expect([over.status, over.json.error?.code]).toEqual([429, 'ORG_VOLUME_EXCEEDED'])
  expect(over.json.error?.message).toBe('Your organisation may send 4 items a day; 0 are left, and the batch has 1.')
  expect(Number(over.headers['retry-after'])).toBe((86_400_000 - (NOW % 86_400_000)) / 1000)
  expect((await edge.post({ body: batch(1), headers: { 'x-org-key': 'tk_two' } })).status).toBe(202)
  const wide = await edge.post({ body: `${batch(1)}${' '.repeat(1_000)}`, headers: { 'x-org-key': 'tk_two' } })
  expect(wide.json.error?.message).toMatch(/1000 bytes a day/)
  clock.at += 86_400_000
  expect((await edge.post({ body: batch(3), timestamp: NOW + 2 })).status).toBe(202)
})

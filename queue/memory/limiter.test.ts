import { expect, it } from 'vitest'
import { createMemoryLimiter } from './limiter.js'

const LIMIT = { points: 1, windowMs: 1000 }

it('holds no more keys than it may: the one that came first begins anew', async () => {
  const limiter = createMemoryLimiter({ clock: { now: () => 0 }, maxKeys: 3 })
  for (const key of ['a', 'b', 'c', 'd']) expect(await limiter.consume(key, 1, LIMIT)).toMatchObject({ allowed: true })
  expect(await limiter.consume('b', 1, LIMIT)).toMatchObject({ allowed: false })
  expect(await limiter.consume('a', 1, LIMIT)).toMatchObject({ allowed: true })
  expect(await limiter.consume('b', 1, LIMIT)).toMatchObject({ allowed: true })
  expect(await limiter.consume('d', 1, LIMIT)).toMatchObject({ allowed: false })
  await limiter.close()
})

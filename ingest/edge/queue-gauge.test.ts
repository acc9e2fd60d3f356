import { expect, onTestFinished, test } from 'vitest'
import type { IntakePressure } from '../../schema/ports/intake.js'
import { keptLog, NOW, openTestEdge } from '../../test/ingest-edge.js'
import { DEFAULT_EDGE_LIMITS } from './limits.js'
import { createQueueGauge, queueFill } from './queue-gauge.js'

const EMPTY: IntakePressure = { batches: 1_000, bytes: 0, oldestAgeMs: 0, memoryRatio: null }
const limits = { ...DEFAULT_EDGE_LIMITS, queueBytes: 1_000, queueLagMs: 60_000, queueMemoryRatio: 0.8 }

test.each([
  ['many batches of little weight', EMPTY, 0],
  ['a few stuck batches, however old', { ...EMPTY, batches: 999, oldestAgeMs: 1e9 }, 0],
  ['half of its bytes', { ...EMPTY, bytes: 500 }, 0.5],
  ['half of its lag', { ...EMPTY, oldestAgeMs: 30_000 }, 0.5],
  ['half of its memory', { ...EMPTY, memoryRatio: 0.4 }, 0.5],
  ['the nearest bound counts', { ...EMPTY, bytes: 100, oldestAgeMs: 60_000, memoryRatio: 0.2 }, 1],
])('%s', (_name, pressure, share) => {
  expect(queueFill(pressure, limits).share).toBeCloseTo(share)
})

test.each([
  ['its bytes', { ...EMPTY, bytes: 1_000 }, { ...EMPTY, bytes: 900 }],
  ['its lag', { ...EMPTY, oldestAgeMs: 60_000 }, { ...EMPTY, oldestAgeMs: 50_000 }],
  ['its memory', { ...EMPTY, memoryRatio: 0.8 }, { ...EMPTY, memoryRatio: 0.7 }],
])('a queue past %s is a 503 until it is well below its bound', async (_name, full, stillFull) => {
  const edge = await openTestEdge({ limits })
  onTestFinished(() => edge.close())
  const at = async (pressure: IntakePressure) => {
    edge.intake.pressureNow = pressure
    edge.clock.at += 1_000
    const reads = edge.intake.pressureReads
    await edge.post()
    expect(edge.intake.pressureReads).toBe(reads + 1)
    return edge.post({ idempotencyKey: String(edge.clock.at) })
  }
  expect((await at(EMPTY)).status).toBe(202)
  const batches = edge.intake.batches.length
  const away = await at(full)
  expect([away.status, away.json.error?.code, away.headers['retry-after']]).toEqual([503, 'OVERLOADED', '10'])
  expect((await at(stillFull)).status).toBe(503)
  expect(edge.intake.batches.length).toBe(batches + 1)
  expect((await at(EMPTY)).status).toBe(202)
})

test('its first verdict is that of its first read', async () => {
  const pressureReads: number[] = []
  const gauge = createQueueGauge({
    intake: {
      pressure: async () => {
        pressureReads.push(1)
        return { ...EMPTY, bytes: 1_000 }
      },
    },
    limits,
    clock: { now: () => NOW },
    log: keptLog(),
  })
  await gauge.read()
  expect(gauge.full()).toBe('The queue holds 1000 bytes of at most 1000.')
  expect(pressureReads).toHaveLength(1)
})

test('a queue that cannot be looked at keeps its last verdict, and one read serves all who ask meanwhile', async () => {
  const log = keptLog()
  const clock = { at: 0, now: () => clock.at }
  let answer: () => Promise<IntakePressure> = async () => ({ ...EMPTY, bytes: 1_000 })
  let reads = 0
  const intake = {
    pressure: () => {
      reads++
      return answer()
    },
  }
  const gauge = createQueueGauge({ intake, limits, clock, log })
  await gauge.read()
  answer = () => Promise.reject(new Error('away'))
  for (let i = 0; i < 100; i++) {
    clock.at += 20
    expect(gauge.full()).not.toBeNull()
    await Promise.resolve()
  }
  expect(reads).toBe(3)
  expect(log.lines.some((line) => line.includes('cannot be looked at'))).toBe(true)
})

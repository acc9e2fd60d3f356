import type { SampleSeries } from '../../query/promql/index.js'

/** Unix ms of the first sample; all stand 137 ms past a second, so that no edge of a window meets one. */
export const FIRST = Date.parse('2026-03-01T11:00:00.137Z')
const INTERVAL_MS = 15_000
const SAMPLES = 240

/** The bits of a staleness marker. */
const STALE_NAN = 0x7ff0000000000002n

/** An hour of gauges, counters and buckets with gaps, resets, odd values and staleness markers, the same each time. */
export function randomSeries(): SampleSeries[] {
  const random = sequence(20_260_301)
  const all: SampleSeries[] = []
  for (const a of ['x', 'y', 'z']) {
    for (const b of ['1', '2']) {
      all.push(series({ __name__: 'g', a, b }, random, () => odd(random) ?? Math.floor(random() * 400) / 4 - 50))
      all.push(series({ __name__: 'c_total', a, b }, random, counter(random, 1_000_000, 50)))
      all.push(restarted({ __name__: 'r_total', a, b }, random))
    }
    let step = 0
    for (const le of ['0.5', '1', '2.5', '+Inf']) {
      step += 20
      all.push(series({ __name__: 'h_bucket', a, le }, random, counter(random, step * 100_000, step)))
    }
    all.push(series({ __name__: 'one', a, team: `t${a}` }, random, () => 1))
  }
  all.push(series({ __name__: 'lone' }, random, () => Math.floor(random() * 8) / 2))
  return all
}

function series(labels: Record<string, string>, random: () => number, next: () => number): SampleSeries {
  const timestamps: number[] = []
  const values: number[] = []
  const ends: number[] = []
  let silent = 0
  for (let index = 0; index < SAMPLES; index++) {
    const value = next()
    if (silent > 0) {
      silent--
      continue
    }
    timestamps.push(FIRST + index * INTERVAL_MS + Math.floor(random() * 10) * 1_000)
    const chance = random()
    if (chance < 0.02) silent = Math.floor(random() * 40)
    if (chance < 0.01) ends.push(values.length)
    values.push(value)
  }
  const bits = new BigUint64Array(new Float64Array(values).buffer)
  for (const index of ends) bits[index] = STALE_NAN
  return { labels, timestamps: Float64Array.from(timestamps), values: new Float64Array(bits.buffer) }
}

function odd(random: () => number): number | null {
  const chance = random()
  if (chance < 0.02) return Number.NaN
  if (chance < 0.025) return Number.POSITIVE_INFINITY
  return chance < 0.03 ? Number.NEGATIVE_INFINITY : null
}

/** Far from zero, to which versions carry a counter back in different ways. */
function counter(random: () => number, base: number, most: number): () => number {
  let value = base
  return () => {
    value += Math.floor(random() * most)
    return value
  }
}

/** A counter with resets, which bring zero near: nowhere is a gap wide enough to be told from the edge of the series. */
function restarted(labels: Record<string, string>, random: () => number): SampleSeries {
  let value = 1_000_000
  const values = Float64Array.from({ length: SAMPLES }, () => {
    value = random() < 0.05 ? 0 : value + Math.floor(random() * 50)
    return value
  })
  return { labels, timestamps: values.map((_, index) => FIRST + index * INTERVAL_MS), values }
}

/** Numbers from 0 to 1 (mulberry32). */
function sequence(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

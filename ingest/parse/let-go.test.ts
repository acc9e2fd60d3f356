import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { sampleLogs } from '../../bench/sample-logs.js'
import { largeTrace } from '../../bench/sample-spans.js'
import { parseBody, readLogBody, readSpanBody } from './read-batch.js'

const NOW = Date.parse('2026-11-26T12:00:00Z')
const BOUNDS = { from: NOW - 86_400_000, until: NOW + 86_400_000 }

setFlagsFromString('--expose-gc')
const collectYoung = runInNewContext('() => gc({ type: "minor" })') as () => void

/** What lives on from the young generation to the old one of what a call makes, in bytes. */
function keptOf(work: () => void): number {
  const old = () => getHeapSpaceStatistics().find(({ space_name }) => space_name === 'old_space')?.space_used_size ?? 0
  // What outlives two collections has grown old.
  collectYoung()
  collectYoung()
  const before = old()
  work()
  collectYoung()
  collectYoung()
  return old() - before
}

test('a batch that was read and checked is gone when nobody holds it', () => {
  const spans = Buffer.from(JSON.stringify({ spans: largeTrace('c'.repeat(32), 500, NOW) }))
  const logs = Buffer.from(JSON.stringify({ logs: sampleLogs(1, 1_000, NOW) }))
  const kept: unknown[] = []
  const readings = {
    spans: () => readSpanBody(parseBody('native-json', 'spans', spans), BOUNDS),
    logs: () => readLogBody(parseBody('native-json', 'logs', logs), BOUNDS),
  }
  for (const read of Object.values(readings)) {
    for (let i = 0; i < 20; i++) read()
    const held = keptOf(() => kept.push(read()))
    const letGo = keptOf(() => void read())
    expect(held).toBeGreaterThan(200_000)
    expect(letGo).toBeLessThan(held / 10)
  }
})

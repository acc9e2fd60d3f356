import { expect, test } from 'vitest'
import { sampleLogs } from '../../bench/sample-logs.js'
import { largeTrace } from '../../bench/sample-spans.js'
import { keptBytes } from '../../test/harness/kept.js'
import { parseBody, readLogBody, readSpanBody } from './read-batch.js'

const NOW = Date.parse('2026-11-26T12:00:00Z')
const BOUNDS = { from: NOW - 86_400_000, until: NOW + 86_400_000 }
const spans = Buffer.from(JSON.stringify({ spans: largeTrace('c'.repeat(32), 500, NOW) }))
const logs = Buffer.from(JSON.stringify({ logs: sampleLogs(1, 1_000, NOW) }))

test.each([
  ['spans', () => readSpanBody(parseBody('native-json', 'spans', spans), BOUNDS)],
  ['logs', () => readLogBody(parseBody('native-json', 'logs', logs), BOUNDS)],
])('a batch of %s that was read and checked is gone when nobody holds it', async (_, read) => {
  for (let i = 0; i < 20; i++) read()
  const { held, letGo } = await keptBytes(read)
  expect(held).toBeGreaterThan(200_000)
  expect(letGo).toBeLessThan(held / 10)
})

import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { EdgeMetrics } from '../ingest/edge/edge-metrics.js'
import { packageRoot } from '../package-root.js'
import { createMemoryIntake } from '../queue/memory/intake.js'
import { batch } from '../test/conformance/intake-subject.js'
import { keptLog } from '../test/ingest-edge.js'
import { createSelfMetrics } from './metrics.js'
import { createStops } from './stops.js'

function world(broken = false) {
  const clock = { at: 1_000_000, now: () => clock.at }
  const intake = createMemoryIntake({ clock })
  const log = keptLog()
  const stops = createStops(log)
  onTestFinished(() => stops.run())
  const away = () => Promise.reject(new Error('away'))
  const metrics = createSelfMetrics(
    { intake: broken ? { pressure: away, watermarks: away } : intake, clock, log },
    stops,
  )
  return { clock, intake, metrics }
}

test('the queue is shown with its lag, by signal and for no more than ten orgs by name', async () => {
  const { clock, intake, metrics } = world()
  for (let i = 0; i < 15; i++) {
    await intake.enqueue(batch({ orgId: `org_${i}`, signal: i % 2 === 0 ? 'logs' : 'metrics' }))
    clock.at += 1_000
  }
  const text = await metrics.all()
  expect(text).toContain('\ntocsin_queue_batches 15\n')
  expect(text).toContain('\ntocsin_queue_lag_seconds 15\n')
  expect(text).toContain('\ntocsin_watermark_age_seconds{signal="logs"} 15\n')
  expect(text).toContain('\ntocsin_watermark_age_seconds{signal="metrics"} 14\n')
  expect(text).toContain('\ntocsin_watermark_age_seconds{signal="rum"} 0\n')
  expect(text.match(/^tocsin_watermark_age_worst_seconds\{/gm)).toHaveLength(10)
  expect(text).toContain('\ntocsin_watermark_age_worst_seconds{signal="logs",org="org_0"} 15\n')
  expect(text).not.toContain('org_14')
})

test('a queue that cannot be read hides nothing else', async () => {
  const { metrics } = world(true)
  const text = await metrics.all()
  expect(text).toContain('\ntocsin_queue_up 0\n')
  expect(text).not.toContain('tocsin_queue_batches')
  expect(text).toMatch(/\ntocsin_process_resident_memory_bytes \d{7,}\n/)
})

test('inserts are timed, failures and dead letters counted, and roles show what they counted', async () => {
  const { intake, metrics } = world()
  let fails = true
  const prepared = {
    lines: [],
    terms: { days: {}, policies: {} },
    store: async () => {
      if (fails) throw new Error('away')
    },
  }
  const { logs } = metrics.flushMeter.sinks({ logs: { prepare: async () => prepared, isStored: async () => true } })
  const flush = await logs?.prepare([])
  await expect(flush?.store(1n)).rejects.toThrow('away')
  fails = false
  await flush?.store(1n)
  await metrics.flushMeter.intake(intake).deadLetter(randomUUID(), 'none')
  metrics.normalizer = { stored: () => ({ logs: { rows: 3, bytes: 5 } }) }
  metrics.evaluator = { metrics: () => ({ passes: 7, failedPasses: 1, failedOrgs: 2 }), lastPassAt: () => 998_000 }
  metrics.notifier = { metrics: () => ({ settled: 1, delivered: 2, retried: 3, failed: 4, swept: 5 }) }
  metrics.edge = { metrics: () => 'edge 1\n' }
  const text = await metrics.all()
  expect(text).toContain('\ntocsin_normalizer_insert_seconds_count{signal="logs"} 1\n')
  expect(text).toContain('\ntocsin_normalizer_insert_failures_total{signal="logs"} 1\n')
  expect(text).toContain('\ntocsin_dead_letters_total 1\n')
  expect(text).toContain('\ntocsin_normalizer_stored_rows_total{signal="logs"} 3\n')
  expect(text).toContain('\ntocsin_evaluator_passes_total 7\n')
  expect(text).toContain('\ntocsin_evaluator_last_pass_timestamp_seconds 998\n')
  expect(text).toContain('\ntocsin_evaluator_lag_seconds 2\n')
  expect(text).toContain('\ntocsin_notifier_failed_total 4\n')
  expect(text.startsWith('edge 1\n')).toBe(true)
  expect(await metrics.shared()).not.toContain('edge 1')
})

test('the page of metrics names all of them with their types, and no others but the gateway’s', async () => {
  const { intake, metrics } = world()
  await intake.enqueue(batch())
  const edge = new EdgeMetrics()
  edge.refuse('NOT_FOUND')
  edge.accept({ signal: 'logs', answer: { accepted: 1, batchId: 'b', replayed: false }, plain: new Uint8Array(1) }, 0.1)
  metrics.edge = { metrics: () => edge.text({ heldBytes: 0, queueFull: false }) }
  metrics.normalizer = { stored: () => ({ logs: { rows: 1, bytes: 1 } }) }
  metrics.evaluator = { metrics: () => ({ passes: 0, failedPasses: 0, failedOrgs: 0 }), lastPassAt: () => 1 }
  metrics.notifier = { metrics: () => ({ settled: 0, delivered: 0, retried: 0, failed: 0, swept: 0 }) }
  const store = () => Promise.reject(new Error('away'))
  const { logs } = metrics.flushMeter.sinks({
    logs: {
      prepare: async () => ({ lines: [], terms: { days: {}, policies: {} }, store }),
      isStored: async () => true,
    },
  })
  await expect((await logs?.prepare([]))?.store(1n)).rejects.toThrow('away')
  const shown = [...(await metrics.all()).matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, type]) => `${name} ${type}`)
  const page = readFileSync(join(packageRoot(), 'docs', 'metrics.md'), 'utf8')
  const named = [...page.matchAll(/^\| `(tocsin_\w+)` \| (\w+) \|/gm)].map(([, name, type]) => `${name} ${type}`)
  // A histogram without an observation and a ratio without a bound are not shown.
  const unseen = ['tocsin_normalizer_insert_seconds histogram', 'tocsin_queue_memory_ratio gauge']
  expect([...shown, ...unseen].toSorted()).toEqual(
    named.filter((name) => !name.startsWith('tocsin_gateway_')).toSorted(),
  )
})

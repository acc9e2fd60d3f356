import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Bootstrap } from '../cli/bootstrap.js'
import { startTocsin, type TocsinProcess } from '../cli/tocsin-process.js'
import type { BaselineAnswer } from './baseline.js'
import { type Benchmark, type Figure, quantile } from './harness.js'
import { inChild } from './in-child.js'
import { watchUsage } from './process-usage.js'
import { largeTrace, MARKER_TRACE, sampleSpans } from './sample-spans.js'
import type { ReadyRequest } from './send.js'
import { sendAll } from './send-all.js'
import { signedJson } from './signed-json.js'
import type { StoredSpans } from './stored-spans.js'
import { medianOf, pageMs, spanCount } from './trace-pages.js'
import { untilFound } from './until-found.js'

const BATCHES = 800
const SPANS_A_BATCH = 500
const SPANS = BATCHES * SPANS_A_BATCH
/** The baseline holds all its rows at once; fewer tell its pace as well. */
const BASELINE_BATCHES = 400
const BASELINE_SPANS = BASELINE_BATCHES * SPANS_A_BATCH
const CONNECTIONS = 8
/** Batches sent before, so that what is measured is not the compiler and the first partition. */
const WARM_UP = 200
const LARGE = 100_000
const LARGE_TRACE = 'c'.repeat(32)
/** Times that a page is asked for, and that the large trace is opened anew. */
const PAGES = 15
const OPENED = 7

/**
 * Spans through a whole Tocsin until a query finds them, against the bare insert of the same rows; then pages of a large
 * trace, against the plain read of the columns that its tree needs.
 */
export const traces: Benchmark = {
  name: 'traces',
  about: `${BATCHES} signed batches of ${SPANS_A_BATCH} spans, from the first byte sent until all can be queried, against the same rows through @clickhouse/client; then pages of 1,000 rows of a trace of ${LARGE.toLocaleString('en-US')} spans, against the plain read of its columns`,
  async run(tell) {
    const scratch = mkdtempSync(join(tmpdir(), 'tocsin-bench-'))
    try {
      tell('inserting the rows straight, for the baseline')
      const baseline = await inChild<BaselineAnswer>('span-baseline.js', [
        join(scratch, 'baseline'),
        BASELINE_BATCHES,
        SPANS_A_BATCH,
      ])
      if (baseline.rows !== BASELINE_SPANS)
        throw new Error(`The baseline stored ${baseline.rows} of ${BASELINE_SPANS} rows.`)
      tell('starting Tocsin')
      const dataDir = join(scratch, 'tocsin')
      const measured = await throughTocsin(await startTocsin(dataDir, { TOCSIN_LOG_LEVEL: 'warn' }), tell)
      tell('reading the columns plainly, and counting what is stored')
      const stored = await inChild<StoredSpans>('stored-spans.js', [join(dataDir, 'clickhouse'), LARGE_TRACE])
      if (stored.rows !== measured.sent)
        throw new Error(`Tocsin stored ${stored.rows} different rows where ${measured.sent} were accepted.`)
      return [...ingestFigures(baseline, measured.ingest), ...pageFigures(stored, measured.pages)]
    } finally {
      rmSync(scratch, { recursive: true, force: true })
    }
  },
}

interface Ingested {
  readonly bytesASpan: number
  readonly acceptedMs: number
  readonly queryableMs: number
  readonly cpuMs: number
  readonly took: readonly number[]
}

interface Pages {
  readonly openedMs: number
  readonly firstMs: number
  readonly middleMs: number
  readonly resident: number
}

async function throughTocsin({ pid, bootstrap, stop }: TocsinProcess, tell: (line: string) => void) {
  const usage = watchUsage(pid)
  // A batch is stored as a whole: with its last span all of it is there.
  const untilStored = (batches: number) => untilFound(batches, () => spanCount(bootstrap, MARKER_TRACE))
  try {
    const url = new URL('/v1/traces', bootstrap.ingestUrl)
    await sendAll(url, signedBatches(bootstrap, WARM_UP, BATCHES), CONNECTIONS)
    await untilStored(WARM_UP)
    const requests = signedBatches(bootstrap, BATCHES, 0)
    tell('sending')
    const before = usage.cpuMs()
    const start = performance.now()
    const took = await sendAll(url, requests, CONNECTIONS)
    const acceptedMs = performance.now() - start
    await untilStored(WARM_UP + BATCHES)
    const queryableMs = performance.now() - start
    const cpuMs = usage.cpuMs() - before
    const bytesASpan = requests.reduce((sum, { body }) => sum + body.length, 0) / SPANS
    tell(`sending a trace of ${LARGE} spans, and looking at it`)
    const measured = await largePages(bootstrap, url)
    return {
      ingest: { bytesASpan, acceptedMs, queryableMs, cpuMs, took },
      pages: { ...measured, resident: usage.resident() },
      sent: SPANS + WARM_UP * SPANS_A_BATCH + LARGE + OPENED,
    }
  } finally {
    usage.stop()
    await stop()
  }
}

async function largePages(bootstrap: Bootstrap, url: URL) {
  const now = Date.now()
  const spans = largeTrace(LARGE_TRACE, LARGE + OPENED, now)
  const batch = (from: number, until: number) =>
    signedJson(bootstrap, '/v1/traces', { spans: spans.slice(from, until) })
  const batches = Array.from({ length: LARGE / SPANS_A_BATCH }, (_, i) =>
    batch(i * SPANS_A_BATCH, (i + 1) * SPANS_A_BATCH),
  )
  await sendAll(url, batches, CONNECTIONS)
  await untilFound(LARGE, () => spanCount(bootstrap, LARGE_TRACE))
  await medianOf(3, () => pageMs(bootstrap, LARGE_TRACE, 0, LARGE))
  const firstMs = await medianOf(PAGES, () => pageMs(bootstrap, LARGE_TRACE, 0, LARGE))
  const middleMs = await medianOf(PAGES, (i) => pageMs(bootstrap, LARGE_TRACE, LARGE / 2 + i * 1_000, LARGE))
  // A span that comes late makes the trace another one, which is read anew.
  const openedMs = await medianOf(OPENED, async (i) => {
    await sendAll(url, [batch(LARGE + i, LARGE + i + 1)], 1)
    await delay(LATE_MS)
    return pageMs(bootstrap, LARGE_TRACE, 0, LARGE + i + 1)
  })
  return { openedMs, firstMs, middleMs }
}

/** By then a late span is stored; looking whether it is would open the trace. */
const LATE_MS = 3_000

function signedBatches(bootstrap: Bootstrap, count: number, firstSeed: number): ReadyRequest[] {
  const now = Date.now()
  return Array.from({ length: count }, (_, i) =>
    signedJson(bootstrap, '/v1/traces', { spans: sampleSpans(firstSeed + i, SPANS_A_BATCH, now) }),
  )
}

function ingestFigures(baseline: BaselineAnswer, measured: Ingested): Figure[] {
  const perSecond = (ms: number, spans = SPANS) => spans / (ms / 1_000)
  const straight = perSecond(baseline.ms, BASELINE_SPANS)
  return [
    { name: 'a span in its batch', value: measured.bytesASpan, unit: 'bytes' },
    { name: 'until queryable', value: perSecond(measured.queryableMs), unit: 'spans/s', aim: { atLeast: 40_000 } },
    { name: 'until accepted', value: perSecond(measured.acceptedMs), unit: 'spans/s' },
    { name: 'baseline: inserted straight', value: straight, unit: 'spans/s' },
    { name: 'ratio to the baseline', value: perSecond(measured.queryableMs) / straight, unit: '' },
    { name: 'processor time a span', value: (measured.cpuMs * 1_000) / SPANS, unit: 'µs' },
    { name: 'baseline: processor time a span', value: (baseline.cpuMs * 1_000) / BASELINE_SPANS, unit: 'µs' },
    { name: 'answer to a batch, median', value: quantile(measured.took, 0.5), unit: 'ms' },
    { name: 'answer to a batch, 99 of 100', value: quantile(measured.took, 0.99), unit: 'ms' },
  ]
}

function pageFigures({ plainMs }: StoredSpans, { openedMs, firstMs, middleMs, resident }: Pages): Figure[] {
  return [
    { name: 'first page, the trace opened anew', value: openedMs, unit: 'ms', aim: { atMost: 200 } },
    { name: 'first page, again', value: firstMs, unit: 'ms', aim: { atMost: 200 } },
    { name: 'a middle page', value: middleMs, unit: 'ms', aim: { atMost: 200 } },
    { name: 'baseline: plain read of the columns', value: plainMs, unit: 'ms' },
    { name: 'opened anew, to the baseline', value: openedMs / plainMs, unit: '' },
    { name: 'Tocsin, peak resident', value: resident, unit: 'MiB', aim: { atMost: 1_200 } },
  ]
}

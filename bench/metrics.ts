import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { startTocsin, type TocsinProcess } from '../cli/tocsin-process.js'
import { openDataDir } from '../embedded/data-dir.js'
import { startEmbeddedPostgres } from '../embedded/postgres.js'
import { copyInto, encodeSamples } from '../sql/metric-copy.js'
import { migratePostgres } from '../sql/migrate-postgres.js'
import { type Benchmark, type Figure, quantile } from './harness.js'
import { watchUsage } from './process-usage.js'
import { MARKER, sampleMetrics } from './sample-metrics.js'
import type { ReadyRequest } from './send.js'
import { sendAll } from './send-all.js'
import { signedJson } from './signed-json.js'
import { storedSamples } from './stored-samples.js'
import { untilFound } from './until-found.js'

const BATCHES = 240
const SAMPLES_A_BATCH = 5_000
const SAMPLES = BATCHES * SAMPLES_A_BATCH
const CONNECTIONS = 8
/** Batches sent before, of the same series, so that what is measured is not the compiler and the making of series. */
const WARM_UP = 20
/** What one flush of ours holds. */
const SAMPLES_A_COPY = 20_000

/** Signed batches through a whole Tocsin until a query finds them, against COPY of the same samples into the same table. */
export const metrics: Benchmark = {
  name: 'metrics',
  about: `${BATCHES} signed batches of ${SAMPLES_A_BATCH} samples, from the first byte sent until all can be queried, against COPY of as many rows`,
  async run(tell) {
    const scratch = mkdtempSync(join(tmpdir(), 'tocsin-bench-'))
    try {
      tell('copying the samples straight, for the baseline')
      const baselineMs = await copyStraight(join(scratch, 'baseline'))
      tell('starting Tocsin')
      const dataDir = join(scratch, 'tocsin')
      return await throughTocsin(await startTocsin(dataDir, { TOCSIN_LOG_LEVEL: 'warn' }), dataDir, baselineMs, tell)
    } finally {
      rmSync(scratch, { recursive: true, force: true })
    }
  },
}

/** How long PostgreSQL takes for the samples alone, ms: series known, rows encoded before. */
async function copyStraight(path: string): Promise<number> {
  const dataDir = openDataDir(path)
  const postgres = await startEmbeddedPostgres({ dataDir })
  const client = new pg.Client({ connectionString: postgres.url })
  try {
    await migratePostgres(postgres.url, 'metrics')
    await client.connect()
    const start = Date.now() - 3_600_000
    const order = Uint32Array.from({ length: SAMPLES_A_COPY }, (_, i) => i)
    const copies = Array.from({ length: SAMPLES / SAMPLES_A_COPY }, (_, copy) =>
      encodeSamples(
        {
          ids: Float64Array.from({ length: SAMPLES_A_COPY / 2 }, (_, i) => 1 + i),
          seriesOf: Uint32Array.from(order, (i) => i >> 1),
          timestamps: Float64Array.from(order, (i) => start + (2 * copy + (i & 1)) * 15_000),
          values: Float64Array.from(order),
          stale: new Uint8Array(SAMPLES_A_COPY),
        },
        order,
        BigInt(copy),
      ),
    )
    const before = performance.now()
    for (const rows of copies) await copyInto(client, 'metrics.samples', rows)
    return performance.now() - before
  } finally {
    await client.end()
    await postgres.stop()
    dataDir.release()
  }
}

async function throughTocsin(
  tocsin: TocsinProcess,
  dataDir: string,
  baselineMs: number,
  tell: (line: string) => void,
): Promise<Figure[]> {
  const usage = watchUsage(tocsin.pid)
  try {
    const url = new URL('/v1/metrics', tocsin.bootstrap.ingestUrl)
    const requests = signedBatches(tocsin)
    await sendAll(url, requests.slice(0, WARM_UP), CONNECTIONS)
    await untilFound(WARM_UP, () => queryable(tocsin))
    tell('sending')
    const cpuBefore = usage.cpuMs()
    const start = performance.now()
    const took = await sendAll(url, requests.slice(WARM_UP), CONNECTIONS)
    const acceptedMs = performance.now() - start
    await untilFound(WARM_UP + BATCHES, () => queryable(tocsin))
    const queryableMs = performance.now() - start
    const cpuMs = usage.cpuMs() - cpuBefore
    tell('counting what is stored')
    const stored = await storedSamples(dataDir)
    const sent = SAMPLES + WARM_UP * SAMPLES_A_BATCH
    if (stored !== sent) throw new Error(`Tocsin stored ${stored} samples where ${sent} were accepted.`)
    const perSecond = (ms: number) => SAMPLES / (ms / 1000)
    return [
      { name: 'until queryable', value: perSecond(queryableMs), unit: 'samples/s', aim: { atLeast: 100_000 } },
      { name: 'until accepted', value: perSecond(acceptedMs), unit: 'samples/s' },
      { name: 'baseline: copied straight', value: perSecond(baselineMs), unit: 'samples/s' },
      { name: 'ratio to the baseline', value: baselineMs / queryableMs, unit: '' },
      { name: 'processor time a sample', value: (cpuMs * 1_000) / SAMPLES, unit: 'µs' },
      { name: 'answer to a batch, median', value: quantile(took, 0.5), unit: 'ms' },
      { name: 'answer to a batch, 99 of 100', value: quantile(took, 0.99), unit: 'ms' },
      { name: 'Tocsin, peak resident', value: usage.resident(), unit: 'MiB', aim: { atMost: 1_200 } },
      { name: 'Tocsin and PostgreSQL, peak', value: usage.tree(), unit: 'MiB' },
    ]
  } finally {
    usage.stop()
    await tocsin.stop()
  }
}

/** Batches ready to be sent, so that making and signing them is not measured. */
function signedBatches({ bootstrap }: TocsinProcess): ReadyRequest[] {
  const now = Date.now()
  return Array.from({ length: WARM_UP + BATCHES }, (_, batch) =>
    signedJson(bootstrap, '/v1/metrics', { metrics: sampleMetrics(batch, WARM_UP + BATCHES, SAMPLES_A_BATCH, now) }),
  )
}

/** The batches whose marker a query finds. A batch is stored as a whole, so all of it is there. */
async function queryable({ bootstrap }: TocsinProcess): Promise<number> {
  const url = new URL('/prometheus/api/v1/query', bootstrap.graphqlUrl)
  url.searchParams.set('query', `count(${MARKER})`)
  const response = await fetch(url, { headers: { authorization: `Bearer ${bootstrap.apiToken}` } })
  const text = await response.text()
  if (!response.ok) throw new Error(`The query for what is stored failed: ${text.slice(0, 500)}`)
  const { data } = JSON.parse(text) as { data: { result: { value: [number, string] }[] } }
  return Number(data.result[0]?.value[1] ?? 0)
}

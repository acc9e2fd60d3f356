import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { signCanonical } from '../cli/signing.js'
import { startTocsin, type TocsinProcess } from '../cli/tocsin-process.js'
import type { BaselineAnswer } from './baseline.js'
import { type Benchmark, type Figure, quantile } from './harness.js'
import { watchUsage } from './process-usage.js'
import { markerService, sampleLogs } from './sample-logs.js'
import { type SignedRequest, sendAll } from './send-all.js'

const BATCHES = 200
const LOGS_A_BATCH = 1_000
const LOGS = BATCHES * LOGS_A_BATCH
const CONNECTIONS = 8
/** Batches sent before, so that what is measured is not the compiler and the first partition. */
const WARM_UP = 10

/** Signed batches through a whole Tocsin until a query finds them, against the bare insert of the same rows. */
export const ingest: Benchmark = {
  name: 'ingest',
  about: `${BATCHES} signed batches of ${LOGS_A_BATCH} logs, from the first byte sent until all can be queried, against the same rows through @clickhouse/client`,
  async run(tell) {
    const scratch = mkdtempSync(join(tmpdir(), 'tocsin-bench-'))
    try {
      tell('inserting the rows straight, for the baseline')
      const baseline = await inChild<BaselineAnswer>('baseline.js', [join(scratch, 'baseline'), BATCHES, LOGS_A_BATCH])
      if (baseline.rows !== LOGS) throw new Error(`The baseline stored ${baseline.rows} of ${LOGS} rows.`)
      tell('starting Tocsin')
      const dataDir = join(scratch, 'tocsin')
      const measured = await throughTocsin(await startTocsin(dataDir, { TOCSIN_LOG_LEVEL: 'warn' }), tell)
      tell('counting what is stored')
      const stored = await inChild<number>('stored-rows.js', [join(dataDir, 'clickhouse')])
      const expected = LOGS + WARM_UP * LOGS_A_BATCH
      if (stored !== expected)
        throw new Error(`Tocsin stored ${stored} different rows where ${expected} were accepted.`)
      return figures(baseline, measured)
    } finally {
      rmSync(scratch, { recursive: true, force: true })
    }
  },
}

interface Measured {
  readonly bytesALog: number
  readonly acceptedMs: number
  readonly queryableMs: number
  readonly took: readonly number[]
  readonly resident: number
  readonly tree: number
  readonly cpuMs: number
}

async function throughTocsin(tocsin: TocsinProcess, tell: (line: string) => void): Promise<Measured> {
  const usage = watchUsage(tocsin.pid)
  try {
    const url = new URL('/v1/logs', tocsin.bootstrap.ingestUrl)
    await sendAll(url, signedBatches(tocsin, WARM_UP, BATCHES), CONNECTIONS)
    await untilQueryable(tocsin, BATCHES, WARM_UP)
    const requests = signedBatches(tocsin, BATCHES, 0)
    const bytes = requests.reduce((sum, { body }) => sum + body.length, 0)
    tell('sending')
    const before = usage.cpuMs()
    const start = performance.now()
    const took = await sendAll(url, requests, CONNECTIONS)
    const acceptedMs = performance.now() - start
    await untilQueryable(tocsin, 0, BATCHES)
    const queryableMs = performance.now() - start
    const cpuMs = usage.cpuMs() - before
    return {
      bytesALog: bytes / LOGS,
      acceptedMs,
      queryableMs,
      took,
      resident: usage.resident(),
      tree: usage.tree(),
      cpuMs,
    }
  } finally {
    usage.stop()
    await tocsin.stop()
  }
}

/** Batches ready to be sent, so that making and signing them is not measured. */
function signedBatches({ bootstrap: { ingestKey } }: TocsinProcess, count: number, firstSeed: number): SignedRequest[] {
  const now = Date.now()
  return Array.from({ length: count }, (_, i) => {
    const body = Buffer.from(JSON.stringify({ logs: sampleLogs(firstSeed + i, LOGS_A_BATCH, now) }))
    const signed = signCanonical({ secret: ingestKey.secret, method: 'POST', path: '/v1/logs', timestamp: now, body })
    return { body, headers: { 'content-type': 'application/json', 'x-org-key': ingestKey.key, ...signed } }
  })
}

const QUERY = `query Markers($query: String!, $from: DateTime!, $to: DateTime!) {
  logs(query: $query, from: $from, to: $to, first: 100) { logs { edges { cursor } } userErrors { message } }
}`

/**
 * Waits until queries find the last log of each batch, from the first seed up. A batch is inserted as a whole, so all of
 * it is there.
 */
async function untilQueryable(tocsin: TocsinProcess, firstSeed: number, batches: number): Promise<void> {
  const wanted = new Map<string, number>()
  for (let seed = firstSeed; seed < firstSeed + batches; seed++)
    wanted.set(markerService(seed), (wanted.get(markerService(seed)) ?? 0) + 1)
  const start = Date.now()
  for (const [service, count] of wanted) {
    for (let found = await countLogs(tocsin, service); found < count; found = await countLogs(tocsin, service)) {
      if (Date.now() - start > 120_000)
        throw new Error(`After two minutes ${found} of ${count} batches can be queried.`)
      await delay(50)
    }
  }
}

/** How many logs of a service a query finds, up to a page of 100. */
async function countLogs(tocsin: TocsinProcess, service: string): Promise<number> {
  const [from, to] = [-600_000, 60_000].map((ms) => new Date(Date.now() + ms).toISOString())
  const response = await fetch(tocsin.bootstrap.graphqlUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${tocsin.bootstrap.apiToken}` },
    body: JSON.stringify({ query: QUERY, variables: { query: `{service="${service}"}`, from, to } }),
  })
  const text = await response.text()
  const { data } = JSON.parse(text) as { data?: { logs?: { logs?: { edges: unknown[] } | null } } | null }
  const edges = data?.logs?.logs?.edges
  if (edges === undefined) throw new Error(`The query for what is stored failed: ${text.slice(0, 500)}`)
  return edges.length
}

/** Runs a compiled file of this folder in a process of its own, and returns what it answers. */
async function inChild<Answer>(file: string, args: readonly (string | number)[]): Promise<Answer> {
  const child = fork(join(import.meta.dirname, file), args.map(String))
  const exit = once(child, 'exit')
  const answered = new Promise<Answer>((resolve) => child.once('message', (answer) => resolve(answer as Answer)))
  const failed = exit.then(([code]) => {
    throw new Error(`${file} ended with ${code} before it answered.`)
  })
  const answer = await Promise.race([answered, failed])
  await exit
  return answer
}

function figures(baseline: BaselineAnswer, measured: Measured): Figure[] {
  const perSecond = (ms: number) => LOGS / (ms / 1000)
  return [
    { name: 'a log in its batch', value: measured.bytesALog, unit: 'bytes' },
    { name: 'until queryable', value: perSecond(measured.queryableMs), unit: 'logs/s', aim: { atLeast: 30_000 } },
    { name: 'until accepted', value: perSecond(measured.acceptedMs), unit: 'logs/s' },
    { name: 'baseline: inserted straight', value: perSecond(baseline.ms), unit: 'logs/s' },
    { name: 'ratio to the baseline', value: baseline.ms / measured.queryableMs, unit: '', aim: { atLeast: 0.25 } },
    { name: 'processor time a log', value: (measured.cpuMs * 1_000) / LOGS, unit: 'µs' },
    { name: 'baseline: processor time a log', value: (baseline.cpuMs * 1_000) / LOGS, unit: 'µs' },
    { name: 'answer to a batch, median', value: quantile(measured.took, 0.5), unit: 'ms' },
    { name: 'answer to a batch, 99 of 100', value: quantile(measured.took, 0.99), unit: 'ms' },
    { name: 'Tocsin, peak resident', value: measured.resident, unit: 'MiB', aim: { atMost: 1_200 } },
    { name: 'Tocsin and PostgreSQL, peak', value: measured.tree, unit: 'MiB' },
    { name: 'baseline, peak resident', value: baseline.resident, unit: 'MiB' },
  ]
}

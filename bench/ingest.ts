import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startTocsin, type TocsinProcess } from '../cli/tocsin-process.js'
import type { BaselineAnswer } from './baseline.js'
import { type Benchmark, type Figure, quantile } from './harness.js'
import { inChild } from './in-child.js'
import { createLogMonitors } from './log-monitors.js'
import { watchUsage } from './process-usage.js'
import { untilQueryable } from './queryable-logs.js'
import { signedLogs } from './sample-batches.js'
import { sendAll } from './send-all.js'
import { sendPaced } from './send-paced.js'

const BATCHES = 600
const LOGS_A_BATCH = 1_000
const LOGS = BATCHES * LOGS_A_BATCH
/** The baseline holds all its rows at once; fewer tell its pace as well. */
const BASELINE_BATCHES = 200
const BASELINE_LOGS = BASELINE_BATCHES * LOGS_A_BATCH
const CONNECTIONS = 8
/** Batches sent before, so that what is measured is not the compiler and the first partition. */
const WARM_UP = 200
/** Half the rate that is aimed at, for so long. */
const PACED_A_SECOND = 30
const PACED = 20 * PACED_A_SECOND
const MONITORS = 20

/** Signed batches through a whole Tocsin until a query finds them, against the bare insert of the same rows; then paced. */
export const ingest: Benchmark = {
  name: 'ingest',
  about: `${BATCHES} signed batches of ${LOGS_A_BATCH} logs, from the first byte sent until all can be queried, against the same rows through @clickhouse/client; then ${PACED_A_SECOND} batches a second, while ${MONITORS} monitors are judged`,
  async run(tell) {
    const scratch = mkdtempSync(join(tmpdir(), 'tocsin-bench-'))
    try {
      tell('inserting the rows straight, for the baseline')
      const baseline = await inChild<BaselineAnswer>('baseline.js', [
        join(scratch, 'baseline'),
        BASELINE_BATCHES,
        LOGS_A_BATCH,
      ])
      if (baseline.rows !== BASELINE_LOGS)
        throw new Error(`The baseline stored ${baseline.rows} of ${BASELINE_LOGS} rows.`)
      tell('starting Tocsin')
      const dataDir = join(scratch, 'tocsin')
      const measured = await throughTocsin(await startTocsin(dataDir, { TOCSIN_LOG_LEVEL: 'warn' }), tell)
      tell('counting what is stored')
      const stored = await inChild<number>('stored-rows.js', [join(dataDir, 'clickhouse')])
      const expected = (BATCHES + PACED + WARM_UP) * LOGS_A_BATCH
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
  readonly pacedTook: readonly number[]
  readonly pacedCpuMs: number
  readonly resident: number
  readonly tree: number
  readonly cpuMs: number
}

async function throughTocsin(tocsin: TocsinProcess, tell: (line: string) => void): Promise<Measured> {
  const { pid, bootstrap } = tocsin
  const usage = watchUsage(pid)
  try {
    const url = new URL('/v1/logs', bootstrap.ingestUrl)
    await sendAll(url, signedLogs(bootstrap, WARM_UP, BATCHES, LOGS_A_BATCH), CONNECTIONS)
    await untilQueryable(bootstrap, BATCHES, WARM_UP)
    const requests = signedLogs(bootstrap, BATCHES, 0, LOGS_A_BATCH)
    const bytes = requests.reduce((sum, { body }) => sum + body.length, 0)
    tell('sending')
    const before = usage.cpuMs()
    const start = performance.now()
    const took = await sendAll(url, requests, CONNECTIONS)
    const acceptedMs = performance.now() - start
    await untilQueryable(bootstrap, 0, BATCHES)
    const queryableMs = performance.now() - start
    const cpuMs = usage.cpuMs() - before
    await createLogMonitors(bootstrap, MONITORS)
    tell('sending at a steady rate')
    const firstSeed = 10 * BATCHES
    const paced = signedLogs(bootstrap, PACED, firstSeed, LOGS_A_BATCH)
    const cpuBefore = usage.cpuMs()
    const pacedTook = await sendPaced(url, paced, PACED_A_SECOND)
    await untilQueryable(bootstrap, firstSeed, PACED)
    return {
      bytesALog: bytes / LOGS,
      acceptedMs,
      queryableMs,
      took,
      pacedTook,
      pacedCpuMs: usage.cpuMs() - cpuBefore,
      resident: usage.resident(),
      tree: usage.tree(),
      cpuMs,
    }
  } finally {
    usage.stop()
    await tocsin.stop()
  }
}

function figures(baseline: BaselineAnswer, measured: Measured): Figure[] {
  const perSecond = (ms: number, logs = LOGS) => logs / (ms / 1000)
  const straight = perSecond(baseline.ms, BASELINE_LOGS)
  const { took, pacedTook } = measured
  return [
    { name: 'a log in its batch', value: measured.bytesALog, unit: 'bytes' },
    { name: 'until queryable', value: perSecond(measured.queryableMs), unit: 'logs/s', aim: { atLeast: 60_000 } },
    { name: 'until accepted', value: perSecond(measured.acceptedMs), unit: 'logs/s' },
    { name: 'baseline: inserted straight', value: straight, unit: 'logs/s' },
    {
      name: 'ratio to the baseline',
      value: perSecond(measured.queryableMs) / straight,
      unit: '',
      aim: { atLeast: 0.45 },
    },
    { name: 'processor time a log', value: (measured.cpuMs * 1_000) / LOGS, unit: 'µs' },
    { name: 'baseline: processor time a log', value: (baseline.cpuMs * 1_000) / BASELINE_LOGS, unit: 'µs' },
    { name: 'answer to a batch, median', value: quantile(took, 0.5), unit: 'ms' },
    { name: 'answer to a batch, 99 of 100', value: quantile(took, 0.99), unit: 'ms' },
    { name: `at ${PACED_A_SECOND} batches a second: answer, median`, value: quantile(pacedTook, 0.5), unit: 'ms' },
    {
      name: `at ${PACED_A_SECOND} batches a second: 99 of 100`,
      value: quantile(pacedTook, 0.99),
      unit: 'ms',
      aim: { atMost: 50 },
    },
    { name: `at ${PACED_A_SECOND} batches a second: 999 of 1,000`, value: quantile(pacedTook, 0.999), unit: 'ms' },
    {
      name: `at ${PACED_A_SECOND} batches a second: processor time a log`,
      value: (measured.pacedCpuMs * 1_000) / (PACED * LOGS_A_BATCH),
      unit: 'µs',
    },
    { name: 'Tocsin, peak resident', value: measured.resident, unit: 'MiB', aim: { atMost: 1_200 } },
    { name: 'Tocsin and PostgreSQL, peak', value: measured.tree, unit: 'MiB' },
    { name: 'baseline, peak resident', value: baseline.resident, unit: 'MiB' },
  ]
}

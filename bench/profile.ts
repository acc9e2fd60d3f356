import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startTocsin } from '../cli/tocsin-process.js'
import { type CpuProfile, stageTimes } from './cpu-profile.js'
import type { Benchmark, Figure } from './harness.js'
import { untilQueryable } from './queryable-logs.js'
import { signedLogs } from './sample-batches.js'
import { sendAll } from './send-all.js'
import { mainStage, readingStage, rowsStage } from './stages.js'
import { threadTimes } from './thread-times.js'

const BATCHES = 200
const LOGS_A_BATCH = 1_000
const LOGS = BATCHES * LOGS_A_BATCH
const WARM_UP = 20
const CONNECTIONS = 8

/**
 * Where the time of ingest goes. V8's profiler tells what each JavaScript thread is at, and /proc what each thread and
 * PostgreSQL used; a thread's samples are scaled to the processor time it used, so that a busy machine says the same.
 */
export const profile: Benchmark = {
  name: 'profile',
  about: `processor time a log by stage, of ${BATCHES} signed batches of ${LOGS_A_BATCH} logs until all can be queried`,
  onlyWhenNamed: true,
  async run(tell) {
    const scratch = mkdtempSync(join(tmpdir(), 'tocsin-bench-'))
    const profiles = join(scratch, 'profiles')
    mkdirSync(profiles)
    try {
      tell('starting Tocsin under the profiler')
      const profiled = ['--cpu-prof', `--cpu-prof-dir=${profiles}`, '--cpu-prof-interval=500']
      const tocsin = await startTocsin(join(scratch, 'tocsin'), { TOCSIN_LOG_LEVEL: 'warn' }, profiled)
      let measured: Measured
      try {
        measured = await load(tocsin.pid, tocsin.bootstrap, tell)
      } finally {
        await tocsin.stop()
      }
      tell('reading the profiles')
      return figures(profiles, measured)
    } finally {
      rmSync(scratch, { recursive: true, force: true })
    }
  },
}

interface Measured {
  /** Of the system's monotonic clock, µs. */
  readonly window: { readonly from: number; readonly until: number }
  /** Processor time in the window by thread, ms. */
  readonly used: ReadonlyMap<string, number>
}

type Bootstrap = Parameters<typeof signedLogs>[0]

async function load(pid: number, bootstrap: Bootstrap, tell: (line: string) => void): Promise<Measured> {
  const url = new URL('/v1/logs', bootstrap.ingestUrl)
  await sendAll(url, signedLogs(bootstrap, WARM_UP, BATCHES, LOGS_A_BATCH), CONNECTIONS)
  await untilQueryable(bootstrap, BATCHES, WARM_UP)
  const requests = signedLogs(bootstrap, BATCHES, 0, LOGS_A_BATCH)
  tell('sending')
  const before = threadTimes(pid)
  const from = monotonic()
  await sendAll(url, requests, CONNECTIONS)
  await untilQueryable(bootstrap, 0, BATCHES)
  const until = monotonic()
  const used = new Map([...threadTimes(pid)].map(([name, ms]) => [name, ms - (before.get(name) ?? 0)]))
  return { window: { from, until }, used }
}

function monotonic(): number {
  return Number(process.hrtime.bigint() / 1_000n)
}

function figures(folder: string, { window, used }: Measured): Figure[] {
  const main = used.get('main') ?? Number.NaN
  const scale = { value: 1 }
  const threads = readdirSync(folder).map((name) => {
    const found = JSON.parse(readFileSync(join(folder, name), 'utf8')) as CpuProfile
    // CPU.{date}.{time}.{process}.{thread}.{number}.cpuprofile
    const isMain = name.split('.')[4] === '0'
    const times = stageTimes(found, window, isMain ? mainStage : workerStage(found))
    if (isMain) scale.value = main / sum(times.values())
    return times
  })
  const stages = new Map<string, number>()
  for (const times of threads)
    for (const [stage, ms] of times) stages.set(stage, (stages.get(stage) ?? 0) + ms * scale.value)
  const sampled = sum(stages.values())
  const unnamed = (used.get('node') ?? 0) - (sampled - main)
  for (const [name, ms] of used) {
    if (name === 'main' || name === 'node') continue
    const stage = name.startsWith('postgres ') ? name.replace('postgres ', 'PostgreSQL: ') : `native thread ${name}`
    stages.set(stage, (stages.get(stage) ?? 0) + ms)
  }
  stages.set("Node's other threads: zlib, chDB's calls, V8's helpers", unnamed)
  const rows = [...stages].filter(([, ms]) => ms * 1_000 >= LOGS * 0.02).sort(([, a], [, b]) => b - a)
  return [
    ...rows.map(([name, ms]): Figure => ({ name, value: (ms * 1_000) / LOGS, unit: 'µs a log' })),
    { name: 'all', value: (sum(used.values()) * 1_000) / LOGS, unit: 'µs a log' },
    { name: 'main thread', value: (main * 1_000) / LOGS, unit: 'µs a log' },
  ]
}

/** A worker is known by what it runs. */
function workerStage(found: CpuProfile): typeof rowsStage {
  const reads = found.nodes.some(({ callFrame }) => callFrame.url.endsWith('/edge/reading/worker.js'))
  return reads ? readingStage : rowsStage
}

function sum(values: Iterable<number>): number {
  let all = 0
  for (const value of values) all += value
  return all
}

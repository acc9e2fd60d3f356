import { mkdtempSync, rmSync } from 'node:fs'
import { Agent } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { startTocsin } from '../cli/tocsin-process.js'
import { createThreads } from '../ingest/threads.js'
import { expositionValues, largest } from './exposition-values.js'
import { type Benchmark, type Figure, quantile } from './harness.js'
import { inChild } from './in-child.js'
import { createLogMonitors } from './log-monitors.js'
import { watchUsage } from './process-usage.js'
import { readSteadily } from './reads.js'
import type { ReadyRequest } from './send.js'
import { slope } from './slope.js'
import type { MakerData, MakeTask } from './soak-maker.js'
import { type Stream, streams } from './soak-streams.js'
import { type Sight, watchTocsin } from './soak-watch.js'
import { type MakeRequest, type Sent, sendSteadily } from './steady.js'
import { storedSamples } from './stored-samples.js'

const MONITORS = 20
/** Memory is judged from here on: until then caches fill and the compiler is at work. */
const WARM_UP_SHARE = 0.4

/** All signals by all protocols at a steady rate, with monitors judged and reads going on, for minutes. */
export const soak: Benchmark = {
  name: 'soak',
  about: `all signals by all protocols at a steady rate for minutes (--minutes, --load), while ${MONITORS} monitors are judged and people read`,
  onlyWhenNamed: true,
  async run(tell, { minutes, load }) {
    const scratch = mkdtempSync(join(tmpdir(), 'tocsin-bench-'))
    try {
      return await soaked(join(scratch, 'tocsin'), { minutes, load }, tell)
    } finally {
      rmSync(scratch, { recursive: true, force: true })
    }
  },
}

async function soaked(
  dataDir: string,
  { minutes, load }: { readonly minutes: number; readonly load: number },
  tell: (line: string) => void,
): Promise<Figure[]> {
  tell('starting Tocsin')
  const { pid, bootstrap, stop } = await startTocsin(dataDir, { TOCSIN_LOG_LEVEL: 'warn' })
  const { ingestUrl } = bootstrap
  const usage = watchUsage(pid)
  const agent = new Agent({ keepAlive: true })
  const maker = createThreads<MakeTask, ReadyRequest>({
    ...{ name: 'makers of requests', workers: 1, file: join(import.meta.dirname, 'soak-maker.js') },
    ...{ data: { bootstrap, load } satisfies MakerData, log: { error: (_fields, message) => console.error(message) } },
  })
  let ended = false
  try {
    await createLogMonitors(bootstrap, MONITORS)
    const watch = watchTocsin({ pid, ingestUrl, dataDir })
    const sending = streams(bootstrap, load)
    const until = performance.now() + minutes * 60_000
    const progress = setInterval(() => tell(line(watch.sights.at(-1))), 30_000)
    const reading = readSteadily(bootstrap, until)
    const sent = await Promise.all(
      sending.map(({ path, perSecond }, stream) => {
        const make: MakeRequest = (number, now) => maker.run(() => [{ stream, number, now }, []]).then(asReady)
        return sendSteadily(new URL(path, ingestUrl), perSecond, make, agent, until)
      }),
    )
    const reads = await reading
    clearInterval(progress)
    watch.stop()
    tell('waiting until all is stored')
    await untilStored(ingestUrl)
    const samples = await storedSamples(dataDir)
    const [resident, tree] = [usage.resident(), usage.tree()]
    usage.stop()
    await stop()
    ended = true
    tell('counting what is stored')
    const rows = await inChild<Record<string, number>>('stored-rows.js', [
      join(dataDir, 'clickhouse'),
      'logs',
      'spans',
      'rum',
    ])
    const stored: Record<string, number> = { ...rows, metrics: samples }
    return [
      ...signalFigures(sending, sent, stored, minutes),
      ...answerFigures(sent, reads),
      ...memoryFigures(watch.sights, minutes),
      { name: 'peak resident', value: resident, unit: 'MiB', aim: { atMost: 1_200 } },
      { name: 'with PostgreSQL, peak', value: tree, unit: 'MiB' },
    ]
  } finally {
    agent.destroy()
    usage.stop()
    await maker.close()
    if (!ended) await stop()
  }
}

/** What a worker sends as a Buffer comes as bytes. */
function asReady({ headers, body }: ReadyRequest): ReadyRequest {
  return { headers, body: Buffer.from(body.buffer, body.byteOffset, body.byteLength) }
}

function line(sight: Sight | undefined): string {
  if (sight === undefined) return 'nothing seen yet'
  const { minute, resident, heap, files, threads, queued, lag, disk } = sight
  const rounded = (value: number) => Math.round(value).toLocaleString('en-US')
  return `${minute.toFixed(1)} min: ${rounded(resident)} MiB resident (heap ${rounded(heap)}), ${files} files, ${threads} threads, ${queued} queued, ${lag.toFixed(1)} s behind, ${rounded(disk)} MiB on disk`
}

/** Waits until the queue is empty: what was accepted is stored then. */
async function untilStored(ingestUrl: string): Promise<void> {
  const start = Date.now()
  for (;;) {
    const values = await expositionValues(ingestUrl)
    if (values.get('tocsin_queue_up') === 1 && largest(values, 'tocsin_queue_batches') === 0) return
    if (Date.now() - start > 900_000) throw new Error('After a quarter of an hour the queue is not empty.')
    await delay(1_500)
  }
}

/** What of each signal was accepted and is stored: the same number, or a promise is broken. */
function signalFigures(
  sending: readonly Stream[],
  sent: readonly Sent[],
  stored: Readonly<Record<string, number>>,
  minutes: number,
): Figure[] {
  const refused = sent.reduce((sum, one) => sum + one.refused, 0)
  const reason = sent.find((one) => one.reason !== null)?.reason
  if (reason !== undefined) console.error(`  … the first refusal: ${reason}`)
  const perSignal = ['logs', 'spans', 'rum', 'metrics'].flatMap((signal): Figure[] => {
    const accepted = sending.reduce(
      (sum, { items }, i) => (sending[i]?.signal === signal ? sum + items * (sent[i]?.accepted ?? 0) : sum),
      0,
    )
    const off = Math.abs((stored[signal] ?? 0) - accepted)
    return [
      { name: `${signal}, a second`, value: accepted / (minutes * 60), unit: '' },
      { name: `${signal}, accepted`, value: accepted, unit: '' },
      { name: `${signal}, stored more or fewer`, value: off, unit: '', aim: { atMost: 0 } },
    ]
  })
  return [...perSignal, { name: 'requests refused', value: refused, unit: '', aim: { atMost: 0 } }]
}

function answerFigures(sent: readonly Sent[], reads: readonly number[]): Figure[] {
  const took = sent.flatMap((one) => one.took)
  return [
    { name: 'answer to a request, median', value: quantile(took, 0.5), unit: 'ms' },
    { name: 'answer to a request, 99 of 100', value: quantile(took, 0.99), unit: 'ms', aim: { atMost: 50 } },
    { name: 'a read, median', value: quantile(reads, 0.5), unit: 'ms' },
    { name: 'a read, 99 of 100', value: quantile(reads, 0.99), unit: 'ms' },
  ]
}

function memoryFigures(sights: readonly Sight[], minutes: number): Figure[] {
  const settled = sights.filter(({ minute }) => minute >= minutes * WARM_UP_SHARE)
  const perMinute = (of: (sight: Sight) => number) => slope(settled.map((sight) => ({ x: sight.minute, y: of(sight) })))
  const most = (of: (sight: Sight) => number) => Math.max(...sights.map(of))
  return [
    { name: 'furthest behind', value: most(({ lag }) => lag), unit: 's', aim: { atMost: 10 } },
    { name: 'longest delay of the event loop', value: most(({ loopDelay }) => loopDelay), unit: 'ms' },
    {
      name: 'resident memory grows, a minute',
      value: perMinute(({ resident }) => resident),
      unit: 'MiB',
      aim: { atMost: 5 },
    },
    { name: 'heap grows, a minute', value: perMinute(({ heap }) => heap), unit: 'MiB', aim: { atMost: 2 } },
    { name: 'open files grow, a minute', value: perMinute(({ files }) => files), unit: '', aim: { atMost: 1 } },
    { name: 'open files, most', value: most(({ files }) => files), unit: '' },
    { name: 'threads grow, a minute', value: perMinute(({ threads }) => threads), unit: '', aim: { atMost: 0.5 } },
    { name: 'on disk grows, a minute', value: perMinute(({ disk }) => disk), unit: 'MiB' },
  ]
}

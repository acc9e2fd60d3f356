import type { Signal } from '../../schema/domain/signal.js'
import type { ClaimedBatch, FlushManifests, Intake, Log, OpenFlush } from '../../schema/ports.js'
import { type FlushDeps, flushBatches, recoverFlush } from './flush.js'
import { createPace, type Pace } from './pace.js'
import type { SignalSink } from './signal-sink.js'

export { createLogSink } from './log-sink.js'
export { createMetricSink } from './metric-sink.js'
export { createRumSink } from './rum-sink.js'
export type { PreparedFlush, SignalSink } from './signal-sink.js'
export { createSpanSink } from './span-sink.js'

export interface NormalizerDeps {
  readonly intake: Intake
  readonly flushes: FlushManifests
  /** One a signal that is stored. */
  readonly sinks: Readonly<Partial<Record<Signal, SignalSink>>>
  /** A name of this process that no other has had. */
  readonly name: string
  /** True when no other process can hold claims or flushes: what a dead one left is taken over at once. */
  readonly alone: boolean
  readonly log: Log
}

export interface Normalizer {
  /** Takes over what was left open, then works until `stop`. Fails when the stores cannot be reached. */
  start(): Promise<void>
  /** Ends after the flushes under way; one that waits for its store is finished by whoever starts next. */
  stop(): Promise<void>
  /** Rows and bytes stored since the start, by signal. */
  stored(): Readonly<Record<string, { rows: number; bytes: number }>>
}

/** Two lanes a signal: one parses while the other inserts. More gained nothing on two cores. */
const LANES = 2
/** A flush of about 20,000 log lines: larger ones gain little in the insert and cost latency and memory. */
const CLAIM = { maxBatches: 20, maxBytes: 8 * 1024 * 1024 }
/**
 * A signal's claims are so far apart while they are not full: a flush costs the stores about as much as 500 logs more, so
 * a few large ones leave more of the machine to those who send. The first after a pause waits for nothing.
 */
const CLAIM_EVERY_MS = 200
const LEASE_MS = 10_000
const IDLE_WAIT_MS = 1_000
const RETRY_MS = [200, 500, 1_000, 2_000, 5_000] as const

/** The normalizer: takes accepted batches from the intake and stores them, exactly once in effect. */
export function createNormalizer(deps: NormalizerDeps): Normalizer {
  const { intake, flushes, log, name } = deps
  const stopping = new AbortController()
  const stored: Record<string, { rows: number; bytes: number }> = {}
  const holding = new Map<string, readonly ClaimedBatch[]>()
  const running: Promise<void>[] = []
  let heartbeat: NodeJS.Timeout | undefined

  function flushDeps(signal: Signal, sink: SignalSink, owner: string): FlushDeps {
    return {
      intake,
      flushes,
      sink,
      signal,
      owner,
      leaseMs: LEASE_MS,
      log,
      pause: (attempt) => delay(RETRY_MS[Math.min(attempt, RETRY_MS.length) - 1] ?? 5_000, stopping.signal),
      stored(rows, bytes) {
        const sum = stored[signal] ?? { rows: 0, bytes: 0 }
        stored[signal] = { rows: sum.rows + rows, bytes: sum.bytes + bytes }
      },
    }
  }

  /** Claims and flushes until stopped. A failure is logged, its claims are given back, and work goes on. */
  async function lane(signal: Signal, sink: SignalSink, number: number, pace: Pace): Promise<void> {
    const owner = `${name}/${signal}/${number}`
    const own = flushDeps(signal, sink, owner)
    for (let failures = 0; !stopping.signal.aborted; ) {
      try {
        await pace.turn()
        const claimed = await intake.claim(owner, signal, { ...CLAIM, claimMs: LEASE_MS })
        if (isFull(claimed)) pace.hurry()
        if (claimed.length === 0) {
          await intake.waitForWork(signal, IDLE_WAIT_MS, stopping.signal)
          continue
        }
        holding.set(owner, claimed)
        await flushBatches(own, claimed)
        failures = 0
      } catch (error) {
        if (stopping.signal.aborted) break
        failures++
        log.error({ signal, error: describe(error) }, 'a flush failed; its batches will be claimed again')
        await delay(RETRY_MS[Math.min(failures, RETRY_MS.length) - 1] ?? 5_000, stopping.signal).catch(stopped)
      } finally {
        holding.delete(owner)
      }
    }
  }

  /** Finishes flushes that others left open. One that cannot be finished is reported and stays open. */
  async function recover(alone: boolean): Promise<void> {
    const tried = new Set<bigint>()
    for (;;) {
      const open = (await flushes.takeOver(name, LEASE_MS, { alone, limit: 50 })).filter((f) => !tried.has(f.flushId))
      if (open.length === 0) return
      for (const flush of open) {
        tried.add(flush.flushId)
        await recoverOne(flush)
      }
    }
  }

  async function recoverOne(flush: OpenFlush): Promise<void> {
    const sink = deps.sinks[flush.signal]
    try {
      if (sink === undefined)
        throw new Error(`Flush ${flush.flushId} is of ${flush.signal}, which are not stored here.`)
      await recoverFlush(flushDeps(flush.signal, sink, name), flush)
    } catch (error) {
      if (stopping.signal.aborted) throw error
      log.error({ flushId: String(flush.flushId), error: describe(error) }, 'an open flush could not be finished')
    }
  }

  async function beat(): Promise<void> {
    try {
      const owners = [name, ...holding.keys()]
      for (const owner of owners) await flushes.renew(owner, LEASE_MS)
      for (const [owner, batches] of holding)
        await intake.extend(
          owner,
          batches.map(({ batchId }) => batchId),
          LEASE_MS,
        )
      if (!deps.alone) await recover(false)
    } catch (error) {
      log.warn({ error: describe(error) }, 'claims could not be renewed')
    }
  }

  function scheduleBeat(): void {
    heartbeat = setTimeout(() => {
      const beating = beat().finally(() => {
        if (!stopping.signal.aborted) scheduleBeat()
      })
      void beating
    }, LEASE_MS / 3)
  }

  function startLanes(signal: Signal, sink: SignalSink): void {
    const pace = createPace(
      CLAIM_EVERY_MS,
      () => performance.now(),
      (ms) => delay(ms, stopping.signal),
    )
    for (let number = 0; number < LANES; number++) running.push(lane(signal, sink, number, pace))
  }

  return {
    async start() {
      if (deps.alone) await intake.releaseAll()
      scheduleBeat()
      await recover(deps.alone)
      for (const [signal, sink] of Object.entries(deps.sinks) as [Signal, SignalSink][]) startLanes(signal, sink)
    },
    async stop() {
      stopping.abort()
      await Promise.all(running)
      clearTimeout(heartbeat)
    },
    stored: () => stored,
  }
}

/** Whether a claim took all that one may: more may wait. */
function isFull(claimed: readonly ClaimedBatch[]): boolean {
  const bytes = claimed.reduce((sum, { body }) => sum + body.bytes, 0)
  return claimed.length >= CLAIM.maxBatches || bytes >= CLAIM.maxBytes
}

/** Waits, or throws when the normalizer is stopped meanwhile. */
function delay(ms: number, abort: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (abort.aborted) {
      reject(new StoppedError('The normalizer is stopping.'))
      return
    }
    const timer = setTimeout(() => {
      abort.removeEventListener('abort', stop)
      resolve()
    }, ms)
    const stop = () => {
      clearTimeout(timer)
      reject(new StoppedError('The normalizer is stopping.'))
    }
    abort.addEventListener('abort', stop, { once: true })
  })
}

/** Thrown out of a wait when the normalizer stops; an open flush is then finished at the next start. */
class StoppedError extends Error {
  override readonly name = 'StoppedError'
}

function stopped(error: unknown): void {
  if (!(error instanceof StoppedError)) throw error
}

function describe(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error)
}

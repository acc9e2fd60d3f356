import type { Clock, Log } from '../../schema/ports/clock.js'
import type { Intake, IntakePressure } from '../../schema/ports/intake.js'
import type { EdgeLimits } from './limits.js'

/** Whether the queue has room, as of at most a second or so ago. */
export interface QueueGauge {
  /** Why it has none, as a sentence; null when it has. Never waits: it reads again beside the request. */
  full(): string | null
  /** Reads now. */
  read(): Promise<void>
}

const READ_EVERY_MS = 1_000
/**
 * Lag counts from so many batches on. A queue of fewer loses nothing by taking more, and what keeps it is not that the
 * stores are behind but that some batches are stuck: a fault of theirs shall not turn everybody away.
 */
const LAG_FROM_BATCHES = 1_000
/** Once full, it has room again when it is below this share of every bound: else it would flap about them. */
const ROOM_AGAIN = 0.8

/** Watches a queue. When it cannot be read the last verdict stays; an enqueue then fails by itself. */
export function createQueueGauge(deps: {
  readonly intake: Pick<Intake, 'pressure'>
  readonly limits: Pick<EdgeLimits, 'queueBytes' | 'queueLagMs' | 'queueMemoryRatio'>
  readonly clock: Clock
  readonly log: Log
}): QueueGauge {
  const { intake, limits, clock, log } = deps
  let verdict: string | null = null
  let readAt = Number.NEGATIVE_INFINITY
  let reading: Promise<void> | null = null

  async function readOnce(): Promise<void> {
    try {
      const fill = queueFill(await intake.pressure(), limits)
      const before = verdict
      if (fill.share >= 1) verdict = fill.sentence
      else if (fill.share < ROOM_AGAIN) verdict = null
      if (verdict !== null && before === null)
        log.warn({ found: verdict }, 'the queue is full; batches are turned away')
      if (verdict === null && before !== null) log.info({}, 'the queue has room again')
    } catch (error) {
      log.warn({ error: error instanceof Error ? error.message : String(error) }, 'the queue cannot be looked at')
    }
  }

  function read(): Promise<void> {
    readAt = clock.now()
    reading ??= readOnce().finally(() => {
      reading = null
    })
    return reading
  }

  return {
    full() {
      if (Math.abs(clock.now() - readAt) >= READ_EVERY_MS) void read()
      return verdict
    },
    read,
  }
}

/** How near the queue is to the bound it is nearest to: 1 at the bound. */
export function queueFill(
  { batches, bytes, oldestAgeMs, memoryRatio }: IntakePressure,
  limits: Pick<EdgeLimits, 'queueBytes' | 'queueLagMs' | 'queueMemoryRatio'>,
): { readonly share: number; readonly sentence: string } {
  const fills = [
    { share: bytes / limits.queueBytes, sentence: `The queue holds ${bytes} bytes of at most ${limits.queueBytes}.` },
    {
      share: batches < LAG_FROM_BATCHES ? 0 : oldestAgeMs / limits.queueLagMs,
      sentence: `The queue is ${Math.round(oldestAgeMs / 1000)} s behind, of at most ${limits.queueLagMs / 1000} s.`,
    },
    {
      share: (memoryRatio ?? 0) / limits.queueMemoryRatio,
      sentence: `The queue's store has used ${Math.round((memoryRatio ?? 0) * 100)} % of its memory.`,
    },
  ]
  return fills.reduce((worst, fill) => (fill.share > worst.share ? fill : worst))
}

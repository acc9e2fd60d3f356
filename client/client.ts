import { Backlog, type WaitingItem } from './backlog.js'
import { batchOf } from './batch.js'
import { type Delivery, type DropReason, deliver } from './deliver.js'
import { flushAtExit } from './exits.js'
import { type ClientSignal, itemText, type LogItem, type MetricItem, type SpanItem, WIRE } from './items.js'
import { type ClientOptions, readOptions } from './options.js'

/** What became of items so far. */
export interface ClientStats {
  /** Wait or are being sent. */
  readonly pending: number
  readonly pendingBytes: number
  readonly accepted: number
  readonly dropped: Readonly<Record<DropReason, number>>
  readonly retries: number
}

/**
 * Sends logs, metrics and spans in batches. Nothing here throws into the application or keeps its process alive, and
 * memory is bounded: what cannot be kept is dropped, counted and told to `onDrop`.
 */
export interface Client {
  log(item: LogItem): void
  metric(item: MetricItem): void
  span(item: SpanItem): void
  /**
   * Sends what waits, at once.
   *
   * @returns Whether all that was handed over before is settled, accepted or dropped, within `timeoutMs` (30,000).
   */
  flush(options?: { readonly timeoutMs?: number }): Promise<boolean>
  /** Flushes, gives up what did not leave in time, and takes nothing more. */
  close(options?: { readonly timeoutMs?: number }): Promise<boolean>
  stats(): ClientStats
}

const SIGNALS = Object.keys(WIRE) as ClientSignal[]
const FLUSH_MS = 30_000

/** @throws TypeError for options that cannot work, and never after. */
export function createClient(options: ClientOptions): Client {
  const settings = readOptions(options)
  const { clock, maxBatchBytes, maxDelayMs } = settings
  const backlog = new Backlog(settings.maxBufferedBytes, settings.whenFull)
  const closing = new AbortController()
  const dropped: Record<DropReason, number> = { FULL: 0, INVALID: 0, REFUSED: 0, RETRIES_EXHAUSTED: 0, CLOSED: 0 }
  let [accepted, retries, isClosed] = [0, 0, false]
  /** Items up to this number go out though their batch is not full. */
  let sendUpTo = 0
  let cancelTimer: (() => void) | null = null
  const inFlight = new Set<readonly WaitingItem[]>()
  const settling = new Set<{ readonly upTo: number; readonly done: () => void }>()

  function tell(work: () => void): void {
    try {
      work()
    } catch (error) {
      // A fault of the application's own callback: shown as such, and not thrown where it cannot be caught.
      process.emitWarning(error instanceof Error ? error : String(error), 'TocsinClientCallback')
    }
  }

  function drop(signal: ClientSignal, items: number, reason: DropReason, sentence: string): void {
    dropped[reason] += items
    tell(() => settings.onDrop({ signal, items, reason, sentence }))
  }

  function delivery(signal: ClientSignal): Delivery {
    return {
      ...settings,
      credentials: settings,
      abort: closing.signal,
      onRetry(reason, waitMs) {
        retries++
        tell(() => settings.onRetry(reason, waitMs))
      },
      onAccepted(items) {
        accepted += items.length
      },
      onDropped: (items, reason, sentence) => drop(signal, items.length, reason, sentence),
    }
  }

  function hand(signal: ClientSignal, item: unknown): void {
    if (isClosed) drop(signal, 1, 'CLOSED', 'The client is closed.')
    const text = isClosed ? null : written(signal, item)
    if (text === null) return
    const { added, dropped: victims } = backlog.add(signal, text)
    const bound = `${settings.maxBufferedBytes} bytes of items wait or are being sent already.`
    for (const victim of victims) drop(victim, 1, 'FULL', bound)
    if (!added) drop(signal, 1, 'FULL', bound)
    cancelTimer ??= clock.schedule(maxDelayMs, () => {
      cancelTimer = null
      sendUpTo = backlog.newest
      pump()
    })
    pump()
  }

  function written(signal: ClientSignal, item: unknown): string | null {
    try {
      return itemText(signal, item, { now: clock.now(), service: settings.service })
    } catch (error) {
      drop(signal, 1, 'INVALID', error instanceof Error ? error.message : String(error))
      return null
    }
  }

  function maxItems(signal: ClientSignal): number {
    return Math.min(settings.maxBatchItems, WIRE[signal].maxItems)
  }

  function isDue(signal: ClientSignal): boolean {
    const { items, bytes } = backlog.waiting(signal)
    if (items === 0) return false
    return items >= maxItems(signal) || bytes >= maxBatchBytes || backlog.oldestOf(signal) <= sendUpTo
  }

  function pump(): void {
    for (const signal of SIGNALS) while (inFlight.size < settings.maxInFlight && isDue(signal)) send(signal)
  }

  function send(signal: ClientSignal): void {
    const items = backlog.take(signal, maxItems(signal), maxBatchBytes)
    const sentAt = settings.scheme === 'BODY' ? clock.now() : null
    inFlight.add(items)
    deliver(batchOf(signal, items, settings.newKey(), sentAt), delivery(signal))
      // Not foreseen, and so told: the items are lost, the application is not.
      .catch((error: unknown) => drop(signal, items.length, 'REFUSED', String(error)))
      .finally(() => {
        inFlight.delete(items)
        backlog.release(items)
        pump()
        settle()
      })
  }

  function settle(): void {
    const oldest = Math.min(
      backlog.oldest,
      ...[...inFlight].map(([first]) => first?.number ?? Number.POSITIVE_INFINITY),
    )
    for (const waiter of settling) if (oldest > waiter.upTo) waiter.done()
  }

  function flush({ timeoutMs = FLUSH_MS } = {}): Promise<boolean> {
    return new Promise((resolve) => {
      const answer = (done: boolean) => {
        settling.delete(waiter)
        cancel()
        resolve(done)
      }
      const waiter = { upTo: backlog.newest, done: () => answer(true) }
      const cancel = clock.schedule(timeoutMs, () => answer(false), true)
      settling.add(waiter)
      sendUpTo = Math.max(sendUpTo, backlog.newest)
      pump()
      settle()
    })
  }

  async function close(options?: { readonly timeoutMs?: number }): Promise<boolean> {
    isClosed = true
    const done = await flush(options)
    stopListening()
    cancelTimer?.()
    closing.abort()
    for (const signal of SIGNALS) {
      const left = backlog.take(signal, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY)
      backlog.release(left)
      if (left.length > 0) drop(signal, left.length, 'CLOSED', 'The client was closed before they left.')
    }
    return done
  }

  const pending = () => SIGNALS.reduce((sum, signal) => sum + backlog.waiting(signal).items, 0) + sending()
  const sending = () => [...inFlight].reduce((sum, items) => sum + items.length, 0)
  const stopListening = flushAtExit(
    async () => {
      if (!(await flush({ timeoutMs: settings.exitTimeoutMs }))) await close({ timeoutMs: 0 })
    },
    () => pending() > 0,
    { onExit: settings.flushOnExit, signals: settings.flushOnSignals },
  )

  return {
    log: (item) => hand('logs', item),
    metric: (item) => hand('metrics', item),
    span: (item) => hand('spans', item),
    flush,
    close,
    stats: () => ({ pending: pending(), pendingBytes: backlog.bytes, accepted, dropped: { ...dropped }, retries }),
  }
}

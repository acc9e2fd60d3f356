import type { Signal } from '../schema/domain/signal.js'

/** Consumers of one process that sleep until there is work. */
export interface Waiters {
  /**
   * Resolves at the next `wake` of the signal, after `timeoutMs`, when `abort` fires, at `close`, or as soon as `ready`
   * finds that there is work already. `ready` is asked only once the wait is armed: work that comes before is found, work
   * that comes after wakes, so no wake-up falls between.
   */
  wait(signal: Signal, timeoutMs: number, abort: AbortSignal, ready: () => Promise<boolean>): Promise<void>
  wake(signal: Signal): void
  /** Ends every wait, and each one begun later. */
  close(): void
}

/** @param failed Hears why `ready` could not tell; the wait then goes on until its end. */
export function createWaiters(failed: (error: unknown) => void): Waiters {
  const waiting = new Map<Signal, Set<() => void>>()
  let closed = false

  return {
    wait: (signal, timeoutMs, abort, ready) =>
      new Promise((resolve) => {
        if (closed || abort.aborted) return resolve()
        const peers = waiting.get(signal) ?? new Set()
        waiting.set(signal, peers)
        const end = () => {
          clearTimeout(timer)
          abort.removeEventListener('abort', end)
          peers.delete(end)
          resolve()
        }
        const timer = setTimeout(end, timeoutMs)
        abort.addEventListener('abort', end)
        peers.add(end)
        ready().then((there) => {
          if (there) end()
        }, failed)
      }),
    wake(signal) {
      for (const end of waiting.get(signal) ?? []) end()
    },
    close() {
      closed = true
      for (const peers of waiting.values()) for (const end of peers) end()
    },
  }
}

/** Whether a request may pass, and what to tell the caller. */
export interface LimitAnswer {
  readonly allowed: boolean
  /** Points left in the window. */
  readonly remaining: number
  /** Until the window ends, ms. */
  readonly resetMs: number
}

/** Counts points per key in fixed windows. */
export interface RateLimiter {
  /** Takes points; a refused take takes none. */
  consume(
    key: string,
    points: number,
    limit: { readonly points: number; readonly windowMs: number },
  ): Promise<LimitAnswer>
  close(): Promise<void>
}

/** Tells every process of something that happened. At most once, in no order: what matters is re-read from its store. */
export interface FanOut {
  publish(topic: FanOutTopic, payload: string): Promise<void>
  /** Calls back in this and every other process; returns how to stop. */
  subscribe(topic: FanOutTopic, heard: (payload: string) => void): Promise<() => Promise<void>>
  close(): Promise<void>
}

/**
 * `ingest-key`: a key changed (payload: its public id). `monitor`: a monitor changed (org id). `outbox`: rows were
 * written. `intake`: something was enqueued (signal). `incident`: an incident changed (its id). `storage-terms`: an org
 * changed its retention or scrub policy (org id).
 */
export type FanOutTopic = 'ingest-key' | 'monitor' | 'outbox' | 'intake' | 'incident' | 'storage-terms'

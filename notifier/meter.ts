/** Counts since the start of the process. */
export interface NotifierMetrics {
  /** Outbox rows settled into the ledger. */
  readonly settled: number
  readonly delivered: number
  readonly retried: number
  readonly failed: number
  /** Outbox rows that the sweeper handed over again. */
  readonly swept: number
}

export interface Meter {
  count(what: 'DELIVERED' | 'RETRYING' | 'FAILED' | 'settled' | 'swept', by?: number): void
  read(): NotifierMetrics
}

export function createMeter(): Meter {
  const counts = { DELIVERED: 0, RETRYING: 0, FAILED: 0, settled: 0, swept: 0 }
  return {
    count: (what, by = 1) => {
      counts[what] += by
    },
    read: () => ({
      settled: counts.settled,
      delivered: counts.DELIVERED,
      retried: counts.RETRYING,
      failed: counts.FAILED,
      swept: counts.swept,
    }),
  }
}

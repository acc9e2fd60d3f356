/** For how many days data is kept, counted from its own time. */
export interface RetentionDays {
  readonly logs: number
  readonly spans: number
  readonly rum: number
  /** Samples of metrics as they were sent. */
  readonly samples: number
}

/** What holds where neither the settings nor an org say otherwise. */
export const DEFAULT_RETENTION: RetentionDays = { logs: 30, spans: 30, rum: 30, samples: 30 }

/** Rollups of metrics are the same for all orgs. */
export const ROLLUP_RETENTION_DAYS = { rollup_1m: 7, rollup_5m: 90, rollup_1h: 365 } as const

/** Bounds of a number of days: rows carry it in 16 bits. */
export const RETENTION_BOUNDS = { least: 1, most: 3_650 } as const

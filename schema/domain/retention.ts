import type { Signal } from './signal.js'

/** For how many days data is kept, counted from its own time. */
export interface RetentionDays {
  readonly logs: number
  readonly spans: number
  readonly rum: number
  /** Samples of metrics as they were sent. */
  readonly samples: number
}

/** What retention is set for. */
export const RETENTION_KINDS = ['logs', 'spans', 'rum', 'samples'] as const
export type RetentionKind = (typeof RETENTION_KINDS)[number]

/** What holds where neither the settings nor an org say otherwise. */
export const DEFAULT_RETENTION: RetentionDays = { logs: 30, spans: 30, rum: 30, samples: 30 }

/** Rollups of metrics are the same for all orgs. */
export const ROLLUP_RETENTION_DAYS = { rollup_1m: 7, rollup_5m: 90, rollup_1h: 365 } as const

/** Bounds of a number of days: rows carry it in 16 bits. */
export const RETENTION_BOUNDS = { least: 1, most: 3_650 } as const

/** Days of some kinds; what is null is not set. */
export type SetDays = { readonly [Kind in RetentionKind]: number | null }
export const NO_DAYS: SetDays = { logs: null, spans: null, rum: null, samples: null }

/** What an org asked for, and what the operator lets it ask for at most. */
export interface OrgRetention {
  readonly own: SetDays
  readonly most: SetDays
}

/** The most an org may keep: what the operator gave it, else the standard. */
export function mostRetention({ most }: Pick<OrgRetention, 'most'>, standard: RetentionDays): RetentionDays {
  return eachKind((kind) => most[kind] ?? standard[kind])
}

/** For how long an org's data is kept: as it asked, else by the standard; never longer than it may. */
export function retentionOf(org: OrgRetention, standard: RetentionDays): RetentionDays {
  const most = mostRetention(org, standard)
  return eachKind((kind) => Math.min(org.own[kind] ?? standard[kind], most[kind]))
}

/** Days of a signal. */
export function daysOf(signal: Signal, days: RetentionDays): number {
  return days[signal === 'metrics' ? 'samples' : signal]
}

/** A value for each kind. */
export function eachKind<Value>(of: (kind: RetentionKind) => Value): { readonly [Kind in RetentionKind]: Value } {
  return { logs: of('logs'), spans: of('spans'), rum: of('rum'), samples: of('samples') }
}

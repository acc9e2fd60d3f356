import type { RolledSeries } from './bucket-rows.js'

/** What a range selector is answered with instead of its samples. */
export interface RolledSelection {
  readonly levelMs: number
  /** Every window is made up of whole rows. */
  readonly exact: boolean
  readonly series: readonly RolledSeries[]
}

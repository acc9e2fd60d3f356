import { ROW, type RolledSeries } from '../../query/promql/rolled/bucket-rows.js'
import type { Labels } from '../../schema/domain/labels.js'

/** Series of rows one after another, so that they go to another thread as two buffers. */
export interface PackedRows {
  readonly labels: readonly Labels[]
  /** Rows of each series. */
  readonly lengths: Uint32Array
  readonly rows: Float64Array
}

export function packRows(series: readonly RolledSeries[]): PackedRows {
  const lengths = Uint32Array.from(series, ({ rows }) => rows.length / ROW)
  const rows = new Float64Array(series.reduce((sum, one) => sum + one.rows.length, 0))
  let at = 0
  for (const one of series) {
    rows.set(one.rows, at)
    at += one.rows.length
  }
  return { labels: series.map(({ labels }) => labels), lengths, rows }
}

/** The series again, as views of the packed rows. */
export function unpackRows({ labels, lengths, rows }: PackedRows): RolledSeries[] {
  let at = 0
  return labels.map((one, index) => {
    const [from, to] = [at, at + (lengths[index] ?? 0) * ROW]
    at = to
    return { labels: { ...one }, rows: rows.subarray(from, to) }
  })
}

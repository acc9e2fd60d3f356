import { sliceOf } from '../../schema/domain/slice.js'
import { type FlushLine, MAX_LISTED_SLICES } from '../../schema/ports/flushes.js'

const HOUR_MS = 3_600_000

/** Counts what batches add to a flush, per org and hour of acceptance. */
export class FlushLines {
  readonly #lines = new Map<string, OpenLine>()

  /** The line of a batch's org and hour. */
  of(orgId: string, acceptedAt: number): OpenLine {
    const acceptedHour = Math.floor(acceptedAt / HOUR_MS) * HOUR_MS
    const key = `${acceptedHour} ${orgId}`
    const known = this.#lines.get(key)
    if (known !== undefined) return known
    const line = new OpenLine(orgId, acceptedHour)
    this.#lines.set(key, line)
    return line
  }

  /** Lines in the order of org and hour; those without rows are left out. */
  closed(): FlushLine[] {
    return [...this.#lines.values()]
      .filter((line) => line.rows > 0)
      .map((line) => line.closed())
      .sort((a, b) => (a.orgId < b.orgId ? -1 : a.orgId > b.orgId ? 1 : a.acceptedHour - b.acceptedHour))
  }
}

/** A line that still grows. */
class OpenLine {
  rows = 0
  bytes = 0
  #last = Number.NaN
  readonly #slices = new Set<number>()

  constructor(
    readonly orgId: string,
    readonly acceptedHour: number,
  ) {}

  /** Adds a row: the time of its event in Unix ms, and its bytes as usage counts them. */
  add(ms: number, bytes: number): void {
    this.rows++
    this.bytes += bytes
    const slice = sliceOf(ms)
    // Neighbours mostly share a slice.
    if (slice === this.#last) return
    this.#last = slice
    this.#slices.add(slice)
  }

  closed(): FlushLine {
    const slices = [...this.#slices].sort((a, b) => a - b)
    return {
      orgId: this.orgId,
      acceptedHour: this.acceptedHour,
      slices: slices.length > MAX_LISTED_SLICES ? [] : slices,
      firstSlice: slices[0] ?? 0,
      lastSlice: slices.at(-1) ?? 0,
      rows: this.rows,
      bytes: this.bytes,
    }
  }
}

export type { OpenLine }

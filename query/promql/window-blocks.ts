import { KahanSum } from './kahan.js'

/** Samples per block. */
const BLOCK = 64
/** Below this a plain loop over the window is as fast. */
const WORTHWHILE = 4 * BLOCK

/**
 * Sums and extremes of any window of one column, from sums and extremes of aligned blocks. A window of n samples costs
 * n/64 + 128 steps instead of n: 1,000 series with one-day windows at 15 s and 1,440 instants took 11 s without.
 */
export class WindowBlocks {
  private readonly sums: KahanSum[] = []
  private readonly lows: number[] = []
  private readonly highs: number[] = []

  constructor(private readonly values: Float64Array) {}

  /** Whether blocks pay for a window of this many samples. */
  static pays(count: number): boolean {
    return count >= WORTHWHILE
  }

  /** The compensated sum of `values[from]` to `values[to − 1]`. */
  sum(from: number, to: number): number {
    const total = new KahanSum()
    this.visit(
      from,
      to,
      (value) => total.add(value),
      (block) => {
        const { sum, rest } = this.blockSum(block)
        total.add(sum)
        total.rest += rest
      },
    )
    return total.total
  }

  /** The smallest value, NaN only if all are. */
  min(from: number, to: number): number {
    let low = Number.NaN
    const take = (value: number) => {
      if (value < low || Number.isNaN(low)) low = value
    }
    this.visit(from, to, take, (block) => take(this.extreme(this.lows, block, (one, other) => one < other)))
    return low
  }

  /** The largest value, NaN only if all are. */
  max(from: number, to: number): number {
    let high = Number.NaN
    const take = (value: number) => {
      if (value > high || Number.isNaN(high)) high = value
    }
    this.visit(from, to, take, (block) => take(this.extreme(this.highs, block, (one, other) => one > other)))
    return high
  }

  private visit(from: number, to: number, one: (value: number) => void, block: (block: number) => void): void {
    let at = from
    for (; at < to && at % BLOCK !== 0; at++) one(this.values[at] ?? 0)
    for (; at + BLOCK <= to; at += BLOCK) block(at / BLOCK)
    for (; at < to; at++) one(this.values[at] ?? 0)
  }

  private blockSum(block: number): KahanSum {
    const known = this.sums[block]
    if (known !== undefined) return known
    const sum = new KahanSum()
    for (let at = block * BLOCK; at < (block + 1) * BLOCK; at++) sum.add(this.values[at] ?? 0)
    this.sums[block] = sum
    return sum
  }

  private extreme(known: number[], block: number, beats: (one: number, other: number) => boolean): number {
    const before = known[block]
    if (before !== undefined) return before
    let best = Number.NaN
    for (let at = block * BLOCK; at < (block + 1) * BLOCK; at++) {
      const value = this.values[at] ?? 0
      if (beats(value, best) || Number.isNaN(best)) best = value
    }
    known[block] = best
    return best
  }
}

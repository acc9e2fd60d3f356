import { WindowBlocks } from '../window-blocks.js'

/**
 * What a counter lost at its resets, for windows that only move forward. A window then costs what it has resets, not
 * samples; losses are added in the order of the samples, as Prometheus does.
 */
export class ResetLosses {
  /** Places whose value is below the one before, and that one before. */
  private readonly places: number[] = []
  private readonly losses: Float64Array
  private readonly blocks: WindowBlocks
  private from = 0
  private to = 0

  constructor(values: Float64Array) {
    for (let index = 1; index < values.length; index++) {
      if ((values[index] ?? 0) < (values[index - 1] ?? 0)) this.places.push(index)
    }
    this.losses = Float64Array.from(this.places, (place) => values[place - 1] ?? 0)
    this.blocks = new WindowBlocks(this.losses)
  }

  /** The sum of losses between samples `from` (its own reset left out) and `to` (excluded). */
  inWindow(from: number, to: number): number {
    const { places, losses } = this
    while (this.from < places.length && (places[this.from] ?? 0) <= from) this.from++
    this.to = Math.max(this.to, this.from)
    while (this.to < places.length && (places[this.to] ?? 0) < to) this.to++
    // A gauge under `rate` resets all the time.
    if (WindowBlocks.pays(this.to - this.from)) return this.blocks.sum(this.from, this.to)
    let lost = 0
    for (let reset = this.from; reset < this.to; reset++) lost += losses[reset] ?? 0
    return lost
  }
}

/**
 * A sum that keeps what rounding loses (Neumaier 1974, as Prometheus sums): the value is `sum + rest`.
 */
export class KahanSum {
  sum: number
  rest = 0

  constructor(sum = 0) {
    this.sum = sum
  }

  add(value: number): void {
    const next = this.sum + value
    if (Math.abs(next) === Number.POSITIVE_INFINITY) this.rest = 0
    else if (Math.abs(this.sum) >= Math.abs(value)) this.rest += this.sum - next + value
    else this.rest += value - next + this.sum
    this.sum = next
  }

  get total(): number {
    return this.sum + this.rest
  }
}

/**
 * A mean over values as they come: sum over count, and from the first overflow of the sum on an incremental mean
 * (which alone would be a little off for plain values, https://github.com/prometheus/prometheus/issues/16714).
 */
export class RunningMean {
  private count = 1
  private readonly state: KahanSum
  private incremental = false

  constructor(first: number) {
    this.state = new KahanSum(first)
  }

  add(value: number): void {
    this.count++
    const { sum, rest } = this.state
    if (!this.incremental) {
      this.state.add(value)
      if (Math.abs(this.state.sum) !== Number.POSITIVE_INFINITY) return
      this.incremental = true
      this.state.sum = sum / (this.count - 1)
      this.state.rest = rest / (this.count - 1)
    }
    const share = (this.count - 1) / this.count
    this.state.sum *= share
    this.state.rest *= share
    this.state.add(value / this.count)
  }

  get mean(): number {
    if (this.incremental) return this.state.total
    return this.state.sum / this.count + this.state.rest / this.count
  }
}

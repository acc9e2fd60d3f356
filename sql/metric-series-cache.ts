/**
 * Remembers ids of series by their keys, `most` to twice as many: in two generations, of which the older is dropped when
 * the younger is full. What is asked for again moves to the younger, so series that still report are not forgotten.
 */
export class SeriesCache {
  #young = new Map<string, number>()
  #old = new Map<string, number>()

  constructor(private readonly most: number) {}

  get(key: string): number | undefined {
    const id = this.#young.get(key)
    if (id !== undefined) return id
    const older = this.#old.get(key)
    if (older !== undefined) this.set(key, older)
    return older
  }

  set(key: string, id: number): void {
    if (this.#young.size >= this.most) {
      this.#old = this.#young
      this.#young = new Map()
    }
    this.#young.set(key, id)
  }
}

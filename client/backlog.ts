import type { ClientSignal } from './items.js'

/** An item that waits, as JSON. */
export interface WaitingItem {
  /** Rises with every item, over all signals. */
  readonly number: number
  readonly text: string
  /** UTF-8. */
  readonly bytes: number
}

/** What is dropped when the backlog is full. */
export type WhenFull = 'drop-oldest' | 'drop-newest'

/** Items of one signal. Taken from the front by moving an index: shifting an array of 100,000 would copy it each time. */
class Lane {
  #items: WaitingItem[] = []
  #first = 0
  bytes = 0

  get length(): number {
    return this.#items.length - this.#first
  }
  get oldest(): WaitingItem | undefined {
    return this.#items[this.#first]
  }
  push(item: WaitingItem): void {
    this.#items.push(item)
    this.bytes += item.bytes
  }
  shift(): WaitingItem | undefined {
    const item = this.#items[this.#first]
    if (item === undefined) return undefined
    this.bytes -= item.bytes
    this.#first++
    if (this.#first > 1_000 && this.#first * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#first)
      this.#first = 0
    }
    return item
  }
}

/**
 * Items that wait to be sent, bounded in bytes together with those that are being sent. When it is full, the oldest that
 * wait make room, or the newcomer is turned away; what is being sent cannot be taken back.
 */
export class Backlog {
  readonly #lanes: Readonly<Record<ClientSignal, Lane>> = { logs: new Lane(), metrics: new Lane(), spans: new Lane() }
  #sendingBytes = 0
  #numbered = 0

  constructor(
    readonly maxBytes: number,
    readonly whenFull: WhenFull,
  ) {}

  /** Waiting or being sent. */
  get bytes(): number {
    return this.#sendingBytes + Object.values(this.#lanes).reduce((sum, lane) => sum + lane.bytes, 0)
  }
  /** The number that the newest item got; 0 before the first. */
  get newest(): number {
    return this.#numbered
  }
  /** The lowest number that waits; infinite when nothing does. */
  get oldest(): number {
    return Math.min(...Object.values(this.#lanes).map((lane) => lane.oldest?.number ?? Number.POSITIVE_INFINITY))
  }
  /** The same, of one signal. */
  oldestOf(signal: ClientSignal): number {
    return this.#lanes[signal].oldest?.number ?? Number.POSITIVE_INFINITY
  }
  waiting(signal: ClientSignal): { readonly items: number; readonly bytes: number } {
    return { items: this.#lanes[signal].length, bytes: this.#lanes[signal].bytes }
  }

  /** Answers how many items of each signal had to go for it; `added` is false when the newcomer itself did. */
  add(signal: ClientSignal, text: string): { readonly added: boolean; readonly dropped: readonly ClientSignal[] } {
    const bytes = Buffer.byteLength(text)
    const dropped: ClientSignal[] = []
    while (this.bytes + bytes > this.maxBytes) {
      const victim = this.whenFull === 'drop-oldest' && bytes <= this.maxBytes ? this.#dropOldest() : null
      if (victim === null) return { added: false, dropped }
      dropped.push(victim)
    }
    this.#lanes[signal].push({ number: ++this.#numbered, text, bytes })
    return { added: true, dropped }
  }

  /** The oldest items of a signal up to the bounds, at least one where any waits. They count until `release`. */
  take(signal: ClientSignal, maxItems: number, maxBytes: number): WaitingItem[] {
    const lane = this.#lanes[signal]
    const taken: WaitingItem[] = []
    let bytes = 0
    for (let next = lane.oldest; next !== undefined && taken.length < maxItems; next = lane.oldest) {
      if (taken.length > 0 && bytes + next.bytes > maxBytes) break
      lane.shift()
      taken.push(next)
      bytes += next.bytes
    }
    this.#sendingBytes += bytes
    return taken
  }

  /** Forgets items that were sent or given up. */
  release(items: readonly WaitingItem[]): void {
    for (const { bytes } of items) this.#sendingBytes -= bytes
  }

  #dropOldest(): ClientSignal | null {
    const oldest = this.oldest
    for (const [signal, lane] of Object.entries(this.#lanes))
      if (lane.oldest?.number === oldest) {
        lane.shift()
        return signal as ClientSignal
      }
    return null
  }
}

import { STEP, type Work } from './work.js'

/** Below this many keys, small digits: clearing the counters of large ones would take longer than the sort. */
const FEW = 4_096

/**
 * Indexes in ascending order of their keys, equal ones as they stood: a radix sort, whose time is linear for whatever
 * keys someone has chosen.
 *
 * @param keys Unsigned, of 64 bits, two words each, the low one first. Floats that are not negative sort by their bits.
 * @param descending Equal keys stand in the reverse of their order instead.
 */
export function* sortedBy(keys: Uint32Array, descending = false): Work<Uint32Array> {
  const count = keys.length / 2
  let order = new Uint32Array(count)
  for (let i = 0; i < count; i++) order[i] = descending ? count - 1 - i : i
  let other = new Uint32Array(count)
  const bits = count < FEW ? 8 : 16
  const counters = new Uint32Array(1 << bits)
  for (let digit = 0; digit < 64 / bits; digit++) {
    const word = (digit * bits) >>> 5
    const shift = (digit * bits) & 31
    if (yield* counted(keys, word, shift, counters)) continue
    yield* dealt(keys, word, shift, counters, order, other)
    ;[order, other] = [other, order]
  }
  return order
}

/** Counts a digit and makes the counters the places where its values begin; true where all keys have the same one. */
function* counted(keys: Uint32Array, word: number, shift: number, counters: Uint32Array): Work<boolean> {
  const mask = counters.length - 1
  counters.fill(0)
  for (let i = word; i < keys.length; i += 2) {
    const digit = ((keys[i] as number) >>> shift) & mask
    counters[digit] = (counters[digit] as number) + 1
  }
  let place = 0
  for (let digit = 0; digit <= mask; digit++) {
    const here = counters[digit] as number
    if (here === keys.length / 2) return true
    counters[digit] = place
    place += here
  }
  yield
  return false
}

/** Deals the indexes out by a digit. */
function* dealt(
  keys: Uint32Array,
  word: number,
  shift: number,
  places: Uint32Array,
  from: Uint32Array,
  to: Uint32Array,
): Work<void> {
  const mask = places.length - 1
  for (let start = 0; start < from.length; start += STEP) {
    const end = Math.min(from.length, start + STEP)
    for (let i = start; i < end; i++) {
      const index = from[i] as number
      const digit = ((keys[2 * index + word] as number) >>> shift) & mask
      const place = places[digit] as number
      to[place] = index
      places[digit] = place + 1
    }
    yield
  }
}

/** The bits of floats, as keys. */
export function keysOf(floats: Float64Array): Uint32Array {
  return new Uint32Array(floats.buffer, floats.byteOffset, floats.length * 2)
}

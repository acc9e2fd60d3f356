const P1 = 0x9e3779b185ebca87n
const P2 = 0xc2b2ae3d27d4eb4fn
const P3 = 0x165667b19e3779f9n
const P4 = 0x85ebca77c2b2ae63n
const P5 = 0x27d4eb2f165667c5n
const MASK = 0xffffffffffffffffn

const times = (one: bigint, other: bigint): bigint => (one * other) & MASK
const plus = (one: bigint, other: bigint): bigint => (one + other) & MASK
const rotate = (value: bigint, by: bigint): bigint => ((value << by) | (value >> (64n - by))) & MASK
const round = (state: bigint, lane: bigint): bigint => times(rotate(plus(state, times(lane, P2)), 31n), P1)
const merge = (hash: bigint, state: bigint): bigint => plus(times(hash ^ round(0n, state), P1), P4)

/** XXH64 with seed 0 (https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md). */
export function xxHash64(bytes: Uint8Array): bigint {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let at = 0
  let hash = P5
  if (bytes.length >= 32) {
    const state = [plus(P1, P2), P2, 0n, MASK + 1n - P1]
    for (; at + 32 <= bytes.length; at += 32) {
      for (let lane = 0; lane < 4; lane++)
        state[lane] = round(state[lane] ?? 0n, view.getBigUint64(at + 8 * lane, true))
    }
    const [one = 0n, two = 0n, three = 0n, four = 0n] = state
    hash = plus(plus(rotate(one, 1n), rotate(two, 7n)), plus(rotate(three, 12n), rotate(four, 18n)))
    for (const lane of state) hash = merge(hash, lane)
  }
  hash = plus(hash, BigInt(bytes.length))
  for (; at + 8 <= bytes.length; at += 8) {
    hash = plus(times(rotate(hash ^ round(0n, view.getBigUint64(at, true)), 27n), P1), P4)
  }
  if (at + 4 <= bytes.length) {
    hash = plus(times(rotate(hash ^ times(BigInt(view.getUint32(at, true)), P1), 23n), P2), P3)
    at += 4
  }
  for (; at < bytes.length; at++) hash = times(rotate(hash ^ times(BigInt(bytes[at] ?? 0), P5), 11n), P1)
  hash = times(hash ^ (hash >> 33n), P2)
  hash = times(hash ^ (hash >> 29n), P3)
  return hash ^ (hash >> 32n)
}

import type { Bits } from './messages.js'

const words = new Uint32Array(2)
const doubles = new Float64Array(words.buffer)

/** Prometheus's staleness marker, the NaN 0x7ff0000000000002. */
export function isStaleMarker({ low, high }: Bits): boolean {
  return high >>> 0 === 0x7ff00000 && low >>> 0 === 2
}

/** The double that 64 bits are. */
export function doubleOf({ low, high }: Bits): number {
  // Every machine that Node runs on is little-endian, but for s390x.
  words[LOW] = low
  words[1 - LOW] = high
  return doubles[0] ?? Number.NaN
}

const LOW = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1 ? 0 : 1

/** The number that a signed integer of 64 bits is; exact up to 2^53. */
export function integerOf({ low, high }: Bits): number {
  return (high | 0) * 4_294_967_296 + (low >>> 0)
}

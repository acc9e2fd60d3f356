/** Whole numbers below this have their text made beforehand. */
const READY = 4_096

const ready = Array.from({ length: READY }, (_, value) => made(value))

/**
 * A whole number from 0 to 2^53 as an unsigned LEB128, each byte a character: seven bits a byte, the lowest first, and
 * the highest bit of all but the last one set.
 */
export function varint(value: number): string {
  return ready[value] ?? made(value)
}

function made(value: number): string {
  let text = ''
  let rest = value
  for (; rest >= 128; rest = Math.floor(rest / 128)) text += String.fromCharCode((rest % 128) + 128)
  return text + String.fromCharCode(rest)
}

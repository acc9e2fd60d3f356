import type { Quantity } from './selector.js'

/** How a number is written in a label. SQL uses the same expressions, so that both read the same values. */
export const NUMBER_FORM = '^[+-]?(?:[0-9]+\\.?[0-9]*|\\.[0-9]+)(?:[eE][+-]?[0-9]+)?$'

/** Parts of a duration: https://pkg.go.dev/time#ParseDuration, and the units of days, weeks and years of LogQL. */
export const DURATION_PART = '([0-9]+\\.?[0-9]*|\\.[0-9]+)(ns|us|µs|μs|ms|s|m|h|d|w|y)'
export const DURATION_FORM = `^[+-]?(?:${DURATION_PART.replace('(', '(?:').replace('(ns', '(?:ns')})+$`
export const DURATION_NS: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  μs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
  d: 86_400e9,
  w: 604_800e9,
  y: 31_536_000e9,
}

/** Bytes with a decimal or binary unit in any case; without a unit they are bytes. */
export const BYTES_FORM = '^([0-9]+\\.?[0-9]*|\\.[0-9]+) ?([kKmMgGtTpPeE][iI]?)?[bB]?$'
export const BYTES_UNITS: Readonly<Record<string, number>> = Object.fromEntries(
  ['k', 'm', 'g', 't', 'p', 'e'].flatMap((unit, index) => [
    [unit, 1000 ** (index + 1)],
    [`${unit}i`, 1024 ** (index + 1)],
  ]),
)

/** The number a label's text stands for (plain, nanoseconds or bytes); null when it is none. */
export function readQuantity(text: string, as: Quantity): number | null {
  switch (as) {
    case 'number':
      return new RegExp(NUMBER_FORM).test(text) ? Number(text) : null
    case 'duration':
      return readDuration(text)
    case 'bytes':
      return readBytes(text)
  }
}

function readDuration(text: string): number | null {
  if (text === '0') return 0
  if (!new RegExp(DURATION_FORM).test(text)) return null
  let ns = 0
  for (const [, count, unit] of text.matchAll(new RegExp(DURATION_PART, 'g'))) {
    ns += Number(count) * (DURATION_NS[unit ?? ''] ?? 0)
  }
  return text.startsWith('-') ? -ns : ns
}

function readBytes(text: string): number | null {
  const match = new RegExp(BYTES_FORM).exec(text)
  if (match === null) return null
  return Number(match[1]) * (match[2] === undefined ? 1 : (BYTES_UNITS[match[2].toLowerCase()] ?? 1))
}

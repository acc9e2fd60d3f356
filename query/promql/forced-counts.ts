import { shortNumber } from './go-number.js'

/** Counts of buckets that were below those of lower buckets and had to be lifted. */
export interface ForcedCounts {
  /** Lowest and highest bound of such a bucket. */
  readonly from: number
  readonly to: number
  /** Most that a count was lifted by. */
  readonly difference: number
  /** First and last instant with such a bucket, Unix ms. */
  readonly first: number
  readonly last: number
  /** Histograms with such a bucket, one counted at each instant. */
  readonly histograms: number
}

/** Two findings as one. */
export function joinForced(one: ForcedCounts, other: ForcedCounts): ForcedCounts {
  return {
    from: Math.min(one.from, other.from),
    to: Math.max(one.to, other.to),
    difference: Math.max(one.difference, other.difference),
    first: Math.min(one.first, other.first),
    last: Math.max(one.last, other.last),
    histograms: one.histograms + other.histograms,
  }
}

/** As Prometheus appends it to its sentence. */
export function printForced({ from, to, difference, first, last, histograms }: ForcedCounts): string {
  const bounds = `from buckets ${shortNumber(from)} to ${shortNumber(to)}`
  return `, ${bounds}, with a max diff of ${twoDigits(difference)}, over ${histograms} samples from ${moment(first)} to ${moment(last)}`
}

/** Two significant digits as Go's `%.2g` writes them. */
function twoDigits(value: number): string {
  const [, digits = '', sign = '', power = ''] = /^(.*)e([+-])(\d+)$/.exec(value.toExponential(1)) ?? []
  const exponent = Number(`${sign}${power}`)
  if (exponent >= -4 && exponent < 2) return shortNumber(Number(value.toPrecision(2)))
  return `${digits.replace(/\.0$/, '')}e${sign}${power.padStart(2, '0')}`
}

function moment(ms: number): string {
  return new Date(Math.trunc(ms / 1000) * 1000).toISOString().replace('.000Z', 'Z')
}

import { type Issues, shown } from './issues.js'
import { BATCH_LIMITS } from './limits.js'

const NUMBER_TEXTS: readonly unknown[] = ['NaN', '+Inf', '-Inf']
export const NUMBER_EXPECTED = 'a finite number, "NaN", "+Inf" or "-Inf"'

/** Whether a value is a number as native metrics write it. */
export function isNativeNumber(value: unknown): boolean {
  return typeof value === 'number' ? Number.isFinite(value) : NUMBER_TEXTS.includes(value)
}

/** Adds what is wrong with the fields of a histogram or a summary. */
export function checkDistribution(
  metric: Readonly<Record<string, unknown>>,
  kind: 'histogram' | 'summary',
  path: string,
  issues: Issues,
): void {
  const list = kind === 'histogram' ? 'buckets' : 'quantiles'
  const { value, sum, count } = metric
  if (value != null) issues.add(`${path}.value`, `a ${kind} has ${list}, sum and count in its place.`)
  if (!isCount(count)) issues.add(`${path}.count`, `expected a count of at least 0, found ${shown(count)}.`)
  if (sum != null && !isNativeNumber(sum))
    issues.add(`${path}.sum`, `expected ${NUMBER_EXPECTED}, found ${shown(sum)}.`)
  const parts = metric[list] ?? []
  if (!Array.isArray(parts)) issues.add(`${path}.${list}`, `expected an array, found ${shown(parts)}.`)
  else if (parts.length > BATCH_LIMITS.buckets)
    issues.add(`${path}.${list}`, `expected at most ${BATCH_LIMITS.buckets} items, found ${parts.length}.`)
  else if (kind === 'histogram') checkBuckets(parts, `${path}.${list}`, typeof count === 'number' ? count : 0, issues)
  else checkQuantiles(parts, `${path}.${list}`, issues)
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0
}

function fieldsOf(part: unknown): Readonly<Record<string, unknown>> {
  return typeof part === 'object' && part !== null ? (part as Readonly<Record<string, unknown>>) : {}
}

function checkBuckets(parts: readonly unknown[], path: string, total: number, issues: Issues): void {
  let lastBound = Number.NEGATIVE_INFINITY
  let lastCount = 0
  for (const [i, part] of parts.entries()) {
    const { le, count } = fieldsOf(part)
    const bound = le === '+Inf' ? Infinity : typeof le === 'number' && Number.isFinite(le) ? le : Number.NaN
    if (!(bound > lastBound))
      issues.add(
        `${path}[${i}].le`,
        `expected a number above the one before, or "+Inf" at the end, found ${shown(le)}.`,
      )
    if (!isCount(count) || count < lastCount || count > total)
      issues.add(
        `${path}[${i}].count`,
        `expected what was counted up to here, from ${lastCount} to ${total}, found ${shown(count)}.`,
      )
    if (Number.isFinite(bound)) lastBound = bound
    if (bound === Infinity) lastBound = Infinity
    if (isCount(count)) lastCount = count
    if (issues.full) return
  }
}

function checkQuantiles(parts: readonly unknown[], path: string, issues: Issues): void {
  for (const [i, part] of parts.entries()) {
    const { quantile, value } = fieldsOf(part)
    if (typeof quantile !== 'number' || !(quantile >= 0 && quantile <= 1))
      issues.add(`${path}[${i}].quantile`, `expected a number from 0 to 1, found ${shown(quantile)}.`)
    if (!isNativeNumber(value)) issues.add(`${path}[${i}].value`, `expected ${NUMBER_EXPECTED}, found ${shown(value)}.`)
    if (issues.full) return
  }
}

import { parsePromql } from '../../query/promql/index.js'
import { numberValue } from '../../query/promql/syntax/literals.js'

/** One place in a written series: a value, nothing, a staleness marker, or a native histogram (not supported). */
export type WrittenSample = number | 'none' | 'stale' | 'histogram'

/** A series as a script writes it: labels and samples one interval apart. */
export interface WrittenSeries {
  readonly labels: Readonly<Record<string, string>>
  readonly samples: readonly WrittenSample[]
}

/** Reads `metric{label="value"} 1 2+3x2 _ stale`. */
export function readSeries(line: string): WrittenSeries {
  const end = metricEnd(line)
  return { labels: readLabels(line.slice(0, end).trim()), samples: readSamples(line.slice(end)) }
}

function metricEnd(line: string): number {
  const match = /^[a-zA-Z_:][\w:]*\s*(?=\{(?!\{))|^[a-zA-Z_:][\w:]*|^(?=\{)/.exec(line)
  if (match === null) throw new Error(`no series: ${line}`)
  let at = match[0].length
  if (line[at] !== '{') return at
  for (let quote = ''; at < line.length; at++) {
    const char = line[at] ?? ''
    if (quote !== '') {
      if (char === '\\' && quote !== '`') at++
      else if (char === quote) quote = ''
    } else if (char === '"' || char === "'" || char === '`') quote = char
    else if (char === '}') return at + 1
  }
  throw new Error(`braces never close: ${line}`)
}

function readLabels(metric: string): Record<string, string> {
  if (metric.replace(/\s/g, '') === '{}') return {}
  const { expr } = parsePromql(metric)
  if (expr.kind !== 'vectorSelector') throw new Error(`no metric: ${metric}`)
  return Object.fromEntries(expr.matchers.filter(({ value }) => value !== '').map(({ name, value }) => [name, value]))
}

const NUMBER = '[+-]?(?:inf|nan|(?:\\d+\\.?\\d*|\\.\\d+)(?:e[+-]?\\d+)?)'
const TOKEN = new RegExp(
  `\\s*(?:(\\{\\{.*?\\}\\}(?:[+-]\\{\\{.*?\\}\\})?(?:x\\d+)?)|_(?:x(\\d+))?|(stale)|(${NUMBER})(?:([+-]${NUMBER.replace('[+-]?', '')})?x(\\d+))?)(?=\\s|$)`,
  'iy',
)

function readSamples(text: string): WrittenSample[] {
  const samples: WrittenSample[] = []
  TOKEN.lastIndex = 0
  while (TOKEN.lastIndex < text.trimEnd().length) {
    const from = TOKEN.lastIndex
    const match = TOKEN.exec(text)
    if (match === null) throw new Error(`no samples: ${text.slice(from)}`)
    const [, histogram, blanks, stale, first, step, times] = match
    if (histogram !== undefined) samples.push(...repeat(histogramCount(histogram), () => 'histogram' as const))
    else if (stale !== undefined) samples.push('stale')
    else if (first === undefined) samples.push(...repeat(Number(blanks ?? 1), () => 'none' as const))
    else {
      // Added up one by one, as the format's own reader does.
      let value = signed(first)
      for (const _ of repeat(times === undefined ? 1 : Number(times) + 1, () => null)) {
        samples.push(value)
        value += step === undefined ? 0 : signed(step)
      }
    }
  }
  return samples
}

function histogramCount(text: string): number {
  const times = /x(\d+)$/.exec(text)?.[1]
  return times === undefined ? 1 : Number(times) + 1
}

function repeat<Item>(count: number, make: () => Item): Item[] {
  return Array.from({ length: count }, make)
}

function signed(text: string): number {
  const value = numberValue(text.replace(/^[+-]/, ''))
  return text.startsWith('-') ? -value : value
}

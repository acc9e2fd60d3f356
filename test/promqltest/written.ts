import {
  evaluateInstant,
  evaluateRange,
  PromqlError,
  parsePromql,
  type SeriesSource,
} from '../../query/promql/index.js'
import { numberValue } from '../../query/promql/syntax/literals.js'
import { MemorySource } from './memory-source.js'
import { readSeries } from './series-notation.js'

/** A source that holds series in the notation of test scripts, with samples `every` apart from time 0 on. */
export function written(every: string, ...lines: readonly string[]): MemorySource {
  const source = new MemorySource()
  source.load(lines.map(readSeries), ms(every), false)
  return source
}

/** Samples of an instant query by their printed labels; a scalar or string stands under `value`. */
export async function instantOf(
  source: SeriesSource,
  query: string,
  at: string,
): Promise<Record<string, number | string>> {
  const result = await evaluateInstant(query, { source, at: ms(at) })
  if (result.kind === 'vector')
    return Object.fromEntries(result.samples.map(({ labels, value }) => [print(labels), value]))
  if (result.kind === 'matrix')
    return Object.fromEntries(result.series.map(({ labels, values }) => [print(labels), values.join(' ')]))
  return { value: result.value }
}

/** Values of a range query by printed labels, in order, `_` where there is none. */
export async function rangeOf(
  source: SeriesSource,
  query: string,
  [start, end, step]: readonly [string, string, string],
): Promise<Record<string, string>> {
  const { series } = await evaluateRange(query, { source, start: ms(start), end: ms(end), step: ms(step) })
  const steps = Math.floor((ms(end) - ms(start)) / ms(step)) + 1
  return Object.fromEntries(
    series.map(({ labels, timestamps, values }) => {
      const byTime = new Map([...timestamps].map((time, index) => [time, values[index]]))
      const cells = Array.from({ length: steps }, (_, index) => byTime.get(ms(start) + index * ms(step)) ?? '_')
      return [print(labels), cells.join(' ')]
    }),
  )
}

/** The error that parsing a query throws. */
export function parseError(query: string): PromqlError {
  try {
    parsePromql(query)
  } catch (error) {
    if (error instanceof PromqlError) return error
    throw error
  }
  throw new Error(`parsed: ${query}`)
}

function print({ __name__: name = '', ...labels }: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).sort(([one], [other]) => (one < other ? -1 : 1))
  return pairs.length === 0 && name !== ''
    ? name
    : `${name}{${pairs.map(([label, value]) => `${label}=${value}`).join(',')}}`
}

function ms(text: string): number {
  return Math.round(numberValue(text) * 1000)
}

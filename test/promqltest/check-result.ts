import type { InstantResult, MatrixSeries, RangeResult } from '../../query/promql/index.js'
import type { Case, Expectation, Steps } from './script.js'
import type { WrittenSeries } from './series-notation.js'

type Result = InstantResult | RangeResult
type Labels = Readonly<Record<string, string>>

/** What is wrong with a result, null when nothing is. */
export function checkResult(command: Case, result: Result): string | null {
  if (command.text !== null) {
    return result.kind === 'string' && result.value === command.text
      ? null
      : `expected ${command.text}, found ${show(result)}`
  }
  if (command.times.kind === 'range')
    return result.kind === 'matrix' ? checkMatrix(command.series, result.series, command.times) : show(result)
  if (command.rangeVector !== null) {
    return result.kind === 'matrix' ? checkMatrix(command.series, result.series, command.rangeVector) : show(result)
  }
  if (result.kind === 'scalar') {
    const wanted = command.scalar ?? Number.NaN
    return close(wanted, result.value) ? null : `expected ${wanted}, found ${result.value}`
  }
  if (result.kind !== 'vector') return `unexpected ${show(result)}`
  const found = result.samples.map(({ labels, value }) => ({ labels, value }))
  return checkSamples(command, found)
}

/** What is wrong with one instant of a range result. */
export function checkRange(command: Case, result: RangeResult, at: number): string | null {
  const found = result.series.flatMap(({ labels, timestamps, values }) => {
    const index = timestamps.indexOf(at)
    return index < 0 ? [] : [{ labels, value: values[index] ?? 0 }]
  })
  if (command.scalar === null) return checkSamples(command, found)
  const value = found[0]?.value
  return value !== undefined && close(command.scalar, value) ? null : `expected ${command.scalar}, found ${value}`
}

function checkSamples(command: Case, found: readonly { labels: Labels; value: number }[]): string | null {
  const wanted = command.series.map(({ labels, samples }) => ({ labels, value: Number(samples[0]) }))
  if (command.ordered) {
    const order = found.map(({ labels }) => key(labels)).join()
    const wantedOrder = wanted.map(({ labels }) => key(labels)).join()
    if (order !== wantedOrder) return `expected the order ${wantedOrder}, found ${order}`
  }
  const byLabels = new Map(found.map(({ labels, value }) => [key(labels), value]))
  if (byLabels.size !== wanted.length) return `expected ${wanted.length} series, found ${[...byLabels].join(' ')}`
  for (const { labels, value } of wanted) {
    const actual = byLabels.get(key(labels))
    if (actual === undefined) return `expected ${key(labels)}, found ${[...byLabels.keys()].join(' ')}`
    if (!close(value, actual)) return `expected ${value} for ${key(labels)}, found ${actual}`
  }
  return null
}

function checkMatrix(wanted: readonly WrittenSeries[], found: readonly MatrixSeries[], steps: Steps): string | null {
  const expected = wanted
    .map(({ labels, samples }) => ({
      labels,
      points: samples.flatMap((sample, index) =>
        typeof sample === 'number' ? [[steps.start + index * steps.step, sample] as const] : [],
      ),
    }))
    .filter(({ points }) => points.length > 0)
  const byLabels = new Map(found.map((series) => [key(series.labels), series]))
  if (byLabels.size !== expected.length)
    return `expected ${expected.length} series, found ${[...byLabels.keys()].join(' ')}`
  for (const { labels, points } of expected) {
    const series = byLabels.get(key(labels))
    if (series === undefined) return `expected ${key(labels)}, found ${[...byLabels.keys()].join(' ')}`
    const actual = [...series.timestamps].map((time, index) => [time, series.values[index] ?? 0] as const)
    const same =
      actual.length === points.length &&
      points.every(([time, value], index) => time === actual[index]?.[0] && close(value, actual[index]?.[1] ?? 0))
    if (!same) return `expected ${points.join(' ')} for ${key(labels)}, found ${actual.join(' ')}`
  }
  return null
}

/** What is wrong with the annotations. */
export function checkMessages(command: Case, { warnings, infos }: Result): string | null {
  const ofKind = (kind: 'warn' | 'info') => command.expectations.filter(({ type }) => type === kind)
  for (const [kind, found] of [
    ['warn', warnings],
    ['info', infos],
  ] as const) {
    const expected = ofKind(kind)
    if (command.expectations.some(({ type }) => type === `no_${kind}`) && found.length > 0)
      return `unexpected: ${found.join(' ')}`
    const meets = (text: string, { message }: Expectation) =>
      message === null || (typeof message === 'string' ? text === message : message.test(text))
    const unmet = expected.find((one) => !found.some((text) => meets(text, one)))
    if (unmet !== undefined) return `expected ${kind} ${unmet.message ?? ''}, found: ${found.join(' ')}`
    // Once some are expected, no others may come.
    const surplus = expected.length === 0 ? [] : found.filter((text) => !expected.some((one) => meets(text, one)))
    if (surplus.length > 0) return `unexpected: ${surplus.join(' ')}`
  }
  return null
}

function key(labels: Labels): string {
  return JSON.stringify(Object.entries(labels).sort(([one], [other]) => (one < other ? -1 : 1)))
}

/** Equal up to a relative 1e-6, the tolerance of the suite's own runner. */
function close(one: number, other: number): boolean {
  if (Object.is(one, other) || one === other) return true
  const sum = Math.abs(one) + Math.abs(other)
  const difference = Math.abs(one - other)
  if (one === 0 || other === 0 || sum < 2.3e-308) return difference < 1e-6 * 2.3e-308
  return difference / Math.min(sum, Number.MAX_VALUE) < 1e-6
}

function show(result: Result): string {
  return JSON.stringify(result).slice(0, 300)
}

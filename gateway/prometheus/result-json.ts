import type { InstantResult, MatrixSeries, RangeResult } from '../../query/promql/index.js'
import type { Labels } from '../../schema/domain/labels.js'

/** A result as the text of Prometheus's `data`: `{"resultType": …, "result": …}`. */
export function resultJson(result: InstantResult | RangeResult): string {
  return `{"resultType":"${result.kind}","result":${valueJson(result)}}`
}

function valueJson(result: InstantResult | RangeResult): string {
  switch (result.kind) {
    case 'vector': {
      const at = secondsJson(result.timestamp)
      return `[${result.samples
        .map(({ labels, value }) => `{"metric":${labelsJson(labels)},"value":[${at},"${goNumber(value)}"]}`)
        .join(',')}]`
    }
    case 'matrix':
      return `[${result.series.map(matrixJson).join(',')}]`
    case 'scalar':
      return `[${secondsJson(result.timestamp)},"${goNumber(result.value)}"]`
    case 'string':
      return `[${secondsJson(result.timestamp)},${JSON.stringify(result.value)}]`
  }
}

function matrixJson({ labels, timestamps, values }: MatrixSeries): string {
  let pairs = ''
  for (let index = 0; index < timestamps.length; index++) {
    if (index > 0) pairs += ','
    pairs += `[${secondsJson(timestamps[index] ?? 0)},"${goNumber(values[index] ?? 0)}"]`
  }
  return `{"metric":${labelsJson(labels)},"values":[${pairs}]}`
}

/** Labels as an object, in order of their names. */
export function labelsJson(labels: Labels): string {
  const names = Object.keys(labels).sort()
  return `{${names.map((name) => `${JSON.stringify(name)}:${JSON.stringify(labels[name] ?? '')}`).join(',')}}`
}

/** Unix ms as seconds: `1435781451.781`, and without a fraction when there is none. */
function secondsJson(ms: number): string {
  const sign = ms < 0 ? '-' : ''
  const digits = String(Math.abs(Math.trunc(ms))).padStart(4, '0')
  const [whole, fraction] = [digits.slice(0, -3), digits.slice(-3)]
  return fraction === '000' ? `${sign}${whole}` : `${sign}${whole}.${fraction}`
}

/** A value as Prometheus's API writes it: in full, with an exponent of at least two digits below 1e-6 and from 1e21 on. */
export function goNumber(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf'
  if (value === 0) return Object.is(value, -0) ? '-0' : '0'
  const text = String(value)
  // JavaScript turns to an exponent at the same sizes, and differs in its digits alone.
  return text.includes('e') ? text.replace(/e([+-])(\d)$/, 'e$10$2') : text
}

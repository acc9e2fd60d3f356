import type { VectorSelector } from './ast.js'
import type { Fetch } from './plan.js'
import type { RawSeries } from './scope.js'
import type { SampleSeries, SeriesSource } from './source.js'

/** Asks the source for all that a plan needs, each different question once. */
export async function loadSeries(
  source: SeriesSource,
  fetches: readonly Fetch[],
): Promise<ReadonlyMap<VectorSelector, readonly RawSeries[]>> {
  const asked = new Map<string, Promise<readonly RawSeries[]>>()
  const loaded = fetches.map(async ({ selector, start, end }) => {
    const key = JSON.stringify([selector.matchers, start, end])
    const answer = asked.get(key) ?? source.select(selector.matchers, { start, end }).then((all) => all.map(toRaw))
    asked.set(key, answer)
    return [selector, await answer] as const
  })
  return new Map(await Promise.all(loaded))
}

function toRaw({ labels, timestamps, values, stale }: SampleSeries): RawSeries {
  const empty = Object.values(labels).includes('')
  return {
    // An empty label is no label.
    labels: empty ? Object.fromEntries(Object.entries(labels).filter(([, value]) => value !== '')) : labels,
    timestamps,
    values,
    stale: stale === undefined ? markedStale(values) : stale.includes(1) ? stale : null,
  }
}

/** https://github.com/prometheus/prometheus/blob/main/model/value/value.go */
const STALE_NAN = 0x7ff0000000000002n

/** Where values have the bits of a staleness marker; null when none has. */
function markedStale(values: Float64Array): Uint8Array | null {
  if (!values.some(Number.isNaN)) return null
  const bits = new BigUint64Array(values.buffer, values.byteOffset, values.length)
  return bits.includes(STALE_NAN) ? Uint8Array.from(bits, (one) => (one === STALE_NAN ? 1 : 0)) : null
}

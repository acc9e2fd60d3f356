import { canonicalLabels, type Labels } from '../../schema/domain/labels.js'
import type { MetricKind } from '../../schema/domain/telemetry.js'
import type { MetricSample } from '../../schema/ports/telemetry.js'

/** Takes one sample of a batch. `ms` is null where the time of acceptance stands for it. */
export type TakeSample = (
  name: string,
  kind: MetricKind,
  labels: Labels,
  ms: number | null,
  value: number,
  stale: boolean,
) => void

/**
 * Samples as columns, which go from thread to thread without being copied: of 5,000 samples as objects the copy alone
 * would take longer than parsing them.
 */
export interface SampleColumns {
  readonly series: readonly Pick<MetricSample, 'orgId' | 'name' | 'kind' | 'labels'>[]
  /** Of each sample, which of the series it belongs to. */
  readonly seriesOf: Uint32Array<ArrayBuffer>
  readonly timestamps: Float64Array<ArrayBuffer>
  readonly values: Float64Array<ArrayBuffer>
  /** 1 for a staleness marker. */
  readonly stale: Uint8Array<ArrayBuffer>
}

/** Collects samples; series that come again are kept once. */
export class SampleCollector {
  readonly #known = new Map<string, number>()
  readonly #series: SampleColumns['series'][number][] = []
  readonly #seriesOf: number[] = []
  readonly #timestamps: number[] = []
  readonly #values: number[] = []
  readonly #stale: number[] = []
  #last: SampleColumns['series'][number] | null = null
  #lastIndex = 0

  add(sample: MetricSample): void {
    const { orgId, name, kind, labels, ts, value, stale } = sample
    // Samples of one series that follow one another share the object of their labels.
    const last = this.#last
    const isSame = last?.labels === labels && last.name === name && last.kind === kind && last.orgId === orgId
    if (!isSame) this.#find(sample)
    this.#seriesOf.push(this.#lastIndex)
    this.#timestamps.push(ts)
    this.#values.push(value)
    this.#stale.push(stale === true ? 1 : 0)
  }

  #find({ orgId, name, kind, labels }: MetricSample): void {
    const key = `${orgId}\n${kind}\n${name}\n${canonicalLabels(labels)}`
    let index = this.#known.get(key)
    if (index === undefined) {
      index = this.#series.length
      this.#series.push({ orgId, name, kind, labels })
      this.#known.set(key, index)
    }
    this.#last = { orgId, name, kind, labels }
    this.#lastIndex = index
  }

  columns(): SampleColumns {
    return {
      series: this.#series,
      seriesOf: Uint32Array.from(this.#seriesOf),
      timestamps: Float64Array.from(this.#timestamps),
      values: Float64Array.from(this.#values),
      stale: Uint8Array.from(this.#stale),
    }
  }
}

/** Samples of columns; those of one series share its labels. */
export function samplesOf({ series, seriesOf, timestamps, values, stale }: SampleColumns): MetricSample[] {
  const samples: MetricSample[] = []
  for (let i = 0; i < seriesOf.length; i++) {
    const of = series[seriesOf[i] ?? 0]
    if (of === undefined) throw new RangeError(`Sample ${i} is of series ${seriesOf[i]}, of which there is none.`)
    const { orgId, name, kind, labels } = of
    const sample = { orgId, name, kind, labels, ts: timestamps[i] ?? 0, value: values[i] ?? 0 }
    samples.push(stale[i] === 1 ? { ...sample, stale: true } : sample)
  }
  return samples
}

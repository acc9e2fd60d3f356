import type { Labels } from '../../schema/domain/labels.js'
import { type NamedSeries, seriesKey, seriesOfKey } from '../../schema/domain/series-key.js'
import type { MetricKind } from '../../schema/domain/telemetry.js'
import type { SampleColumns as StoredColumns } from '../../schema/ports/sample-columns.js'
import type { MetricSample } from '../../schema/ports/telemetry.js'
import { type Scrubber, scrubLabels } from '../scrub/index.js'

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
export interface SampleColumns extends StoredColumns {
  readonly seriesOf: Uint32Array<ArrayBuffer>
  readonly timestamps: Float64Array<ArrayBuffer>
  readonly values: Float64Array<ArrayBuffer>
  readonly stale: Uint8Array<ArrayBuffer>
}

/** Samples that there is room for at first. */
const ROOM = 4_096

/** What a sample weighs in `bytes` beside its name and labels: a time and a value of 8 bytes each. */
export const SAMPLE_BYTES = 16

/**
 * Collects samples. A series is scrubbed and measured once, however many samples it has; one that comes with its labels in
 * another order stands once more. Measured,
 * of 35,000 samples of 10,000 series: 2 µs a sample less than scrubbing each, and sorting its labels for the key.
 */
export class SampleCollector {
  readonly #known = new Map<string, number>()
  readonly #series: string[] = []
  readonly #bytes: number[] = []
  #count = 0
  // Rows that arrays would hold are copied by the collector again and again until the flush is made.
  #seriesOf = new Uint32Array(ROOM)
  #timestamps = new Float64Array(ROOM)
  #values = new Float64Array(ROOM)
  #stale = new Uint8Array(ROOM)
  #last: NamedSeries | null = null
  #lastIndex = 0

  /** Where a series stands, to `add` samples of it; its labels are scrubbed on the way. */
  find(orgId: string, name: string, kind: MetricKind, labels: Labels, scrubber: Scrubber): number {
    // Samples of one series that follow one another share the object of their labels.
    const last = this.#last
    if (last?.labels === labels && last.name === name && last.kind === kind && last.orgId === orgId)
      return this.#lastIndex
    const key = seriesKey(orgId, name, kind, labels)
    let index = this.#known.get(key)
    if (index === undefined) {
      index = this.#series.length
      const clean = scrubLabels(labels, scrubber)
      this.#series.push(clean === labels ? key : seriesKey(orgId, name, kind, clean))
      this.#bytes.push(sampleBytes(name, clean))
      this.#known.set(key, index)
    }
    this.#last = { orgId, name, kind, labels }
    this.#lastIndex = index
    return index
  }

  /** Adds a sample, `ts` in Unix ms. Returns its bytes: the UTF-8 of its name and scrubbed labels, and `SAMPLE_BYTES`. */
  add(series: number, ts: number, value: number, stale: boolean): number {
    const at = this.#count
    if (at === this.#seriesOf.length) this.#grow()
    this.#seriesOf[at] = series
    this.#timestamps[at] = ts
    this.#values[at] = value
    this.#stale[at] = stale ? 1 : 0
    this.#count = at + 1
    return this.#bytes[series] ?? 0
  }

  columns(): SampleColumns {
    return {
      series: this.#series,
      seriesOf: this.#seriesOf.slice(0, this.#count),
      timestamps: this.#timestamps.slice(0, this.#count),
      values: this.#values.slice(0, this.#count),
      stale: this.#stale.slice(0, this.#count),
    }
  }

  #grow(): void {
    const room = 2 * this.#count
    this.#seriesOf = filled(new Uint32Array(room), this.#seriesOf)
    this.#timestamps = filled(new Float64Array(room), this.#timestamps)
    this.#values = filled(new Float64Array(room), this.#values)
    this.#stale = filled(new Uint8Array(room), this.#stale)
  }
}

/** A larger column that begins with what a smaller one holds. */
function filled<Cells extends Uint8Array | Uint32Array | Float64Array>(larger: Cells, smaller: Cells): Cells {
  larger.set(smaller)
  return larger
}

/** Samples of columns; those of one series share its labels. */
export function samplesOf({ series, seriesOf, timestamps, values, stale }: SampleColumns): MetricSample[] {
  const named = series.map(seriesOfKey)
  const samples: MetricSample[] = []
  for (let i = 0; i < seriesOf.length; i++) {
    const of = named[seriesOf[i] ?? 0]
    if (of === undefined || of === null)
      throw new RangeError(`Sample ${i} is of series ${seriesOf[i]}, of which there is none that can be stored.`)
    const { orgId, name, kind, labels } = of
    const sample = { orgId, name, kind, labels, ts: timestamps[i] ?? 0, value: values[i] ?? 0 }
    samples.push(stale[i] === 1 ? { ...sample, stale: true } : sample)
  }
  return samples
}

function sampleBytes(name: string, labels: Labels): number {
  let bytes = SAMPLE_BYTES + Buffer.byteLength(name)
  for (const label in labels) bytes += Buffer.byteLength(label) + Buffer.byteLength(labels[label] ?? '')
  return bytes
}

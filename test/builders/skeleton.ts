import type { TraceSkeleton } from '../../schema/domain/trace.js'

/** A span as a test writes it. Times are ns after the first start of its trace. */
export interface PlainSpan {
  readonly id: number
  /** 0 for none. */
  readonly parent?: number
  readonly start: number
  readonly end: number
  readonly service?: string
  readonly failed?: boolean
}

/** The columns of some spans; rows are numbered from 1 as the spans stand. */
export function skeletonOf(spans: readonly PlainSpan[]): TraceSkeleton {
  const services = [...new Set(spans.map(({ service = 'api' }) => service))]
  const words = (values: readonly number[]) => Uint32Array.from(values.flatMap((value) => [value, 7 * value]))
  return {
    startNs: Float64Array.from(spans, ({ start }) => start),
    durationNs: Float64Array.from(spans, ({ start, end }) => end - start),
    spanId: words(spans.map(({ id }) => id)),
    parentId: words(spans.map(({ parent = 0 }) => parent)),
    row: words(spans.map((_, i) => i + 1)),
    service: Uint32Array.from(spans, ({ service = 'api' }) => services.indexOf(service)),
    failed: Uint8Array.from(spans, ({ failed = false }) => (failed ? 1 : 0)),
    services,
  }
}

/**
 * What is read of every span of a trace: columns of one length, as typed arrays, since a trace may have a million.
 * Ids and rows are 64 bits, two words each, the low one first.
 */
export interface TraceSkeleton {
  /** Ns after the trace's first start. Exact up to 104 days, as are all ns here. */
  readonly startNs: Float64Array
  readonly durationNs: Float64Array
  readonly spanId: Uint32Array
  /** Zero where a span names none. */
  readonly parentId: Uint32Array
  /** Names the stored row: two spans may have the same id. */
  readonly row: Uint32Array
  /** Index in `services`. */
  readonly service: Uint32Array
  /** 1 where the status is `error`. */
  readonly failed: Uint8Array
  readonly services: readonly string[]
}

/** What is odd about a span's place in its trace. */
export const SPAN_FINDINGS = {
  /** It names a parent that is not in the trace (yet), and so stands at the top. */
  PARENT_MISSING: 1,
  /** Its parents lead back to itself; the cycle was cut here, at its earliest span, which stands at the top. */
  CYCLE: 2,
  /** Another span of the trace has the same id. */
  DUPLICATE_ID: 4,
  /** It begins before its parent or ends after it: clocks differ, or it went on by itself. */
  OUTSIDE_PARENT: 8,
} as const
export type SpanFinding = keyof typeof SPAN_FINDINGS

/** Spans of one trace that are read; of a larger one, those that began first. */
export const MAX_TRACE_SPANS = 1_000_000

/** A trace id as it is stored; null for a text that is none: 32 hexadecimal digits, not all of them zero. */
export function readTraceId(text: string): string | null {
  return /^(?!0+$)[0-9a-fA-F]{32}$/.test(text) ? text.toLowerCase() : null
}

/** The same of a span id, which has 16 digits. */
export function readSpanId(text: string): string | null {
  return /^(?!0+$)[0-9a-fA-F]{16}$/.test(text) ? text.toLowerCase() : null
}

/** A 64-bit word pair of a skeleton as 16 hexadecimal digits. */
export function wordsHex(words: Uint32Array, index: number): string {
  const hex = (word: number | undefined) => (word ?? 0).toString(16).padStart(8, '0')
  return hex(words[2 * index + 1]) + hex(words[2 * index])
}
